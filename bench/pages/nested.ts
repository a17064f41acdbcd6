import { markdownTable } from '../docs.ts'
import type { NestedResult } from '../nested/nested.ts'
import { measured } from '../runner/machine.ts'
import type { Spread } from '../shared/statistics.ts'
import type { Page } from './page.ts'

const count = (n: number) => Math.round(n).toLocaleString('en')
const ranged = ({ median, min, max }: Spread, word = count) => `${word(median)} (${word(min)} to ${word(max)})`
const part = (n: number) => n.toFixed(2)

/** The table of nested rows. */
export function nestedPage({ circumstances, rows, pairs, rates, byClock, byProcessor }: NestedResult): Page {
  const table = markdownTable(
    ['rows', 'rows/s', 'rows a second of processor time'],
    [
      ...rates.map(({ kind, rate, perCpuSecond }) => [kind, ranged(rate), ranged(perCpuSecond)]),
      ['nested to flat', ranged(byClock, part), ranged(byProcessor, part)],
    ],
  )
  const about = `${pairs} pairs of runs of ${count(rows)} rows in turns, medians (least to most). ${measured(circumstances)}.`
  return { marker: 'nested', lines: [...table, '', about], pictures: [] }
}
