import { markdownTable } from '../docs.ts'
import type { GrowthResult } from '../growth.ts'
import { measured } from '../runner/machine.ts'
import type { Spread } from '../shared/statistics.ts'
import type { Page } from './page.ts'

const count = (n: number) => Math.round(n).toLocaleString('en')
const ranged = ({ median, min, max }: Spread, by = 1) => `${count(median / by)} (${count(min / by)} to ${count(max / by)})`

/** The table of growth. */
export function growthPage({ circumstances, grown }: GrowthResult): Page {
  const rows = grown.map(({ rows, keys, rate, memory, runs, wrong }) => [
    count(rows),
    keys === undefined ? 'the four outputs' : `a day and client, ${count(keys)} clients`,
    wrong === '' ? ranged(rate) : `WRONG: ${wrong}`,
    ranged(memory, 2 ** 20),
    runs,
  ])
  const lines = markdownTable(['tickets', 'what is made of them', 'tickets/s', 'peak MiB', 'runs'], rows)
  return {
    marker: 'growth',
    lines: [...lines, '', `${measured(circumstances)}.`],
    pictures: [],
  }
}
