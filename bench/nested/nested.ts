/**
 * What nested rows cost, against flat ones: `node bench/nested/nested.ts [--rows 1000000] [--pairs 5] [--record]`, on the built packages. A file of
 * tickets, and one of tickets with an object and a list of three objects, each to Parquet, in turns. Ratios count, of processor time above all.
 */
import { parseArgs } from 'node:util'
import { saveResult } from '../results.ts'
import { circumstances, inWords } from '../runner/machine.ts'
import { printTable } from '../shared/print.ts'
import type { Spread } from '../shared/statistics.ts'
import { type NestedCost, nestedCost } from './measure.ts'

export interface NestedResult extends NestedCost {
  readonly circumstances: ReturnType<typeof circumstances>
}

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, pairs: { type: 'string', default: '5' }, record: { type: 'boolean', default: false } },
})
const before = circumstances()
const cost = await nestedCost(Number(values.rows), Number(values.pairs), (line) => console.error(line))
console.log(inWords(before))
printTable(
  cost.rates.map(({ kind, rate, perCpuSecond }) => ({
    kind,
    'rows/s': Math.round(rate.median),
    'rows/s of processor time': Math.round(perCpuSecond.median),
  })),
)
const shown = ({ median, min, max }: Spread) => `${median.toFixed(3)} (${min.toFixed(3)} to ${max.toFixed(3)})`
console.log(`nested to flat: ${shown(cost.byClock)} by the clock, ${shown(cost.byProcessor)} by processor time`)
if (values.record) saveResult('nested', { circumstances: before, ...cost } satisfies NestedResult)
