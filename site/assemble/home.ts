import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { read } from '../../test/repo/files.ts'
import { barsOf, figuresOf } from './figures.ts'
import { routes } from './routes.ts'

/** Where readers come from: the page for each, shown once that page is there. */
const origins = [
  { page: 'start.md', text: 'I am new to streams', more: 'From an empty folder to a tested window in five minutes' },
  { page: 'migrate/kafkajs.md', text: 'A plain kafkajs consumer', more: 'Offsets, retries and files, without writing them yourself' },
  { page: 'migrate/spark.md', text: 'Spark Structured Streaming', more: 'Checkpoint, trigger, watermark, foreachBatch' },
  { page: 'migrate/kafka-streams.md', text: 'Kafka Streams', more: 'KStream, KTable, state stores, the topology test driver' },
  { page: 'migrate/flink.md', text: 'Flink SQL', more: 'State TTL, savepoints, idle sources' },
]

/** Returns the start page: its words from `pages/index.md`, the code from the README, the figures from the performance page. */
export function homePage(): string {
  const first = /^```js\n[\s\S]*?^```\n\n```text\n[\s\S]*?^```$/m.exec(read('README.md'))?.[0]
  if (!first) throw new Error('the README does not begin with a block of JavaScript and what it prints')
  const figures = figuresOf(read('docs/performance.md'))
  const there = new Set(routes.values())
  const cards = origins.filter(({ page }) => there.has(page))
  const links = cards.map(({ page, text, more }) => `<a href="./${page.replace('.md', '')}"><strong>${text}</strong><span>${more}</span></a>`)
  const note = `From Kafka and from a file: ${figures.kafkaNote}. The bar below 1 × is where the other is faster. [All tables, and how it is measured](./performance.md)`
  return readFileSync(join(import.meta.dirname, '../pages/index.md'), 'utf8')
    .replace('<!-- first block -->', () => first.replace('```text', '```text [prints]'))
    .replace('<!-- bars -->', () => barsOf(figures))
    .replace(/<p class="note">\n<!-- note -->\n<\/p>/, () => note)
    .replace('<!-- origins -->', () => `<nav class="origins" aria-label="Where do you come from?">${links.join('')}</nav>`)
}
