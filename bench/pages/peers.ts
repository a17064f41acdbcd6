import { barChart } from '../charts.ts'
import { contestants } from '../contestants.ts'
import { markdownTable } from '../docs.ts'
import { type Outcome, summarize } from '../runner/compete.ts'
import { inWords } from '../runner/machine.ts'
import { START_UP } from '../runner/options.ts'
import { isOurs, type PeersResult, peersTable } from '../runner/peers-table.ts'
import { median } from '../shared/statistics.ts'
import type { Page } from './page.ts'

const count = (n: number) => Math.round(n).toLocaleString('en')

function picturesOf(outcomes: readonly Outcome[], rows: number, from: string): Page['pictures'] {
  const right = outcomes.filter(({ status, runs }) => status === 'right' && runs.length > 0).map((one) => ({ one, ...summarize(one) }))
  if (right.length === 0) return []
  const best = right.find(({ one }) => isOurs(one))?.rate.median
  const byRate = [...right].sort((a, b) => b.rate.median - a.rate.median)
  const byMemory = [...right].sort((a, b) => a.memory.median - b.memory.median)
  const where = `${count(rows)} tickets from ${from === 'file' ? 'a file' : 'Kafka'}`
  return [
    {
      name: `bench-${from}-${rows}`,
      alt: `Tickets a second: ${where}`,
      svg: barChart({
        title: `${where}: more is better`,
        unit: 'tickets a second',
        bars: byRate.map(({ one, rate }) => {
          const ratio = best && !isOurs(one) ? ` (ours: ${(best / rate.median).toFixed(best / rate.median < 10 ? 1 : 0)} ×)` : ''
          return { label: one.title, value: rate.median, min: rate.low, max: rate.high, ours: isOurs(one), text: `${count(rate.median)}${ratio}` }
        }),
      }),
    },
    {
      name: `bench-${from}-${rows}-memory`,
      alt: `Peak memory: ${where}`,
      svg: barChart({
        title: `${where}, peak memory: less is better`,
        unit: 'MiB',
        bars: byMemory.map(({ one, memory }) => {
          const [value, min, max] = [memory.median, memory.min, memory.max].map((bytes) => bytes / 2 ** 20) as [number, number, number]
          return { label: one.title, value, min, max, ours: isOurs(one), text: `${count(value)} MiB` }
        }),
      }),
    },
  ]
}

/** Cores that others may keep busy before figures from a file are called provisional. With Kafka the broker is among those others. */
const QUIET = 0.25

function busyNote(outcomes: readonly Outcome[], from: string): string[] {
  const others = median(outcomes.flatMap(({ runs }) => runs.map((run) => run.others)))
  if (!(others > QUIET) || from === 'kafka') return []
  return [
    `**Provisional: the machine was busy.** Others kept ${others.toFixed(1)} of its cores busy meanwhile, so compare the processor time (CPU s), and the rates as ratios at most.`,
    '',
  ]
}

/** Kept results come in the order in which they were measured; the page shows them in that of the list. */
const placeOf = (outcome: Outcome) => contestants.findIndex(({ name }) => name === outcome.name)

/** How often they ran: some may have been measured more often than others. */
function runsOf(outcomes: readonly Outcome[]): string {
  const counts = outcomes.map(({ runs }) => runs.length).filter((runs) => runs > 0)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return least === most ? `${most} ${most === 1 ? 'run' : 'runs'}` : `${least} to ${most} runs`
}

/** Tables and pictures of the contestants that read from one kind of source; null where none did. */
export function peersPage(peers: PeersResult, from: 'file' | 'kafka'): Page | null {
  const outcomes = peers.outcomes.filter((one) => one.from === from).sort((a, b) => placeOf(a) - placeOf(b))
  if (outcomes.length === 0) return null
  const lines = busyNote(outcomes, from)
  const pictures: Page['pictures'][number][] = []
  for (const rows of new Set(outcomes.map((one) => one.rows))) {
    const table = peersTable({ ...peers, outcomes }, rows, from)
    const head = Object.keys(table.reduce((a, b) => (Object.keys(b).length > Object.keys(a).length ? b : a)))
    // The rates of a cold start are a matter of what each calls its work.
    const here = outcomes.filter((one) => one.rows === rows)
    const drawn = rows === START_UP ? [] : picturesOf(here, rows, from)
    pictures.push(...drawn)
    lines.push(rows === START_UP ? `### A cold start: ${count(rows)} tickets` : `### ${count(rows)} tickets`, '')
    lines.push(...drawn.flatMap(({ name, alt }) => [`![${alt}](pictures/${name}.svg)`, '']))
    lines.push(
      ...markdownTable(
        head,
        table.map((row) => head.map((name) => row[name] ?? '')),
      ),
      '',
    )
  }
  const versions = Object.entries(Object.assign({}, ...outcomes.map((one) => one.versions))).map(([name, version]) => `${name} ${version}`)
  lines.push(
    `${runsOf(outcomes)} of each in turns, medians (25th to 75th percentile; of memory the least and the most). Measured ${inWords(peers.circumstances)}; ${versions.join(', ')}.`,
  )
  return { marker: `from-${from}`, lines, pictures }
}
