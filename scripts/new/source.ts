import type { Part } from './part.ts'

/** A source of one partition, over a feed that counts its messages and reads a piece of them. */
export const source: Part = {
  folder: 'packages/core/src/node',
  entry: 'packages/core/src/node.ts',
  page: 'docs/guides/source.md',
  packageName: '@tickets/core',
  exportsOf: ({ camel, pascal }) => [camel, `type ${pascal}Feed`],
  source: ({ camel, pascal, kebab }) => `import { systemClock } from '../base/clock.ts'
import { TicketsError } from '../base/errors.ts'
import type { Schema } from '../batch/batch.ts'
import type { Source } from '../connectors/source.ts'

/** What \`${camel}\` reads: messages that are numbered from 0, and are only ever added. */
export interface ${pascal}Feed {
  /** Resolves to how many messages there are now. */
  count(): Promise<number>
  /** Resolves to the messages from one number up to another, as bytes. */
  read(from: number, to: number): Promise<readonly Uint8Array[]>
}

/**
 * Reads the messages of a feed, up to those that there are when it begins. A position is the number of the next message.
 *
 * @throws \`SOURCE_MISSING\` for another partition than its only one; \`POSITION_AHEAD\` for a position that the feed does not reach
 * @example
 * ${camel}(Ticket, feed) // one partition, ${kebab}-0
 */
export function ${camel}<T>(schema: Schema<T>, feed: ${pascal}Feed): Source<T> {
  const partition = '${kebab}-0'
  return {
    name: '${kebab}',
    schema,
    until: 'now',
    fixed: true,
    async describe() {
      const end = await feed.count()
      return { topics: [{ name: '${kebab}', id: null }], partitions: [{ id: partition, topic: '${kebab}', earliest: 0, start: 0, end }] }
    },
    async partitions(on) {
      on.assigned([partition])
      return { close: async () => {} }
    },
    async open(id, from, { to, maxFuture, reference = Number.POSITIVE_INFINITY }) {
      if (id !== partition) throw new TicketsError('SOURCE_MISSING', \`there is no partition \${id}, only \${partition}\`)
      const there = await feed.count()
      if (from > there)
        throw new TicketsError('POSITION_AHEAD', \`\${partition} ends at \${there}, before the position \${from}: give the source what it had before\`)
      let position = from
      return {
        async read({ rows, ms, signal }) {
          if (to !== undefined && position >= to) return 'end'
          const last = await feed.count()
          const until = Math.min(to ?? last, position + rows)
          if (until <= position) await systemClock.sleep(ms, signal)
          const values = until > position ? await feed.read(position, until) : []
          const messages = values.map((value, i) => ({ value, offset: position + i }))
          position += values.length
          return { ...schema.decode(messages, { maxFuture, reference }), position, lag: Math.max(0, last - position) }
        },
        async close() {},
      }
    },
  }
}
`,
  spec: ({ camel, pascal, kebab }) => `import { describe, expect, test } from 'vitest'
import { into } from '../operators/into.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { sourceContract } from '../testing/contracts/source-contract.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { ticketStream } from '../tickets/generator/ticket-stream.ts'
import { Ticket } from '../tickets/ticket.ts'
import { ${camel}, type ${pascal}Feed } from './${kebab}.ts'

const messages = [...ticketStream({ tickets: 20, seed: 7 })].map((ticket) => new TextEncoder().encode(JSON.stringify(ticket)))
const feed: ${pascal}Feed = { count: async () => messages.length, read: async (from, to) => messages.slice(from, to) }

describe('keeps the promises of a source', () => {
  const make = async () => ({ open: () => ${camel}(Ticket, feed), beyond: 99 })
  for (const { name, run } of sourceContract<Ticket, number>({ make })) test(name, run)
})

test('reads what there is when the run begins', async () => {
  const tickets = memorySink<Ticket>()
  const { rows } = await pipeline({
    name: '${kebab}',
    source: ${camel}(Ticket, feed),
    log: memoryLog(),
    flows: (all) => ({ tickets: all.pipe(into(tickets)) }),
  }).run()
  expect(rows).toBe(20)
  expect(tickets.rows).toHaveLength(20)
})
`,
  docs: ({ camel, pascal }) => `# ${camel}

\`${camel}(schema, feed)\` reads messages that have numbers, such as the lines of a file or the rows of a table that only grows:

\`\`\`ts
import { into, pipeline, Ticket, ticketStream } from '@tickets/core'
import { ${camel}, type ${pascal}Feed } from '@tickets/core/node'
import { memoryLog, memorySink } from '@tickets/core/testing'

const messages = [...ticketStream({ tickets: 20, seed: 7 })].map((ticket) => new TextEncoder().encode(JSON.stringify(ticket)))
const feed: ${pascal}Feed = { count: async () => messages.length, read: async (from, to) => messages.slice(from, to) }

const tickets = memorySink<Ticket>()
await pipeline({
  name: 'own-feed',
  source: ${camel}(Ticket, feed),
  log: memoryLog(),
  flows: (all) => ({ tickets: all.pipe(into(tickets)) }),
}).run()
console.log(tickets.rows.length)
\`\`\`

\`\`\`text
20
\`\`\`
`,
}
