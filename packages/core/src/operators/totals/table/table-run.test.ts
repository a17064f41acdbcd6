import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../../../aggregate/count.ts'
import { max } from '../../../aggregate/extreme.ts'
import { Batch, internals } from '../../../batch/batch.ts'
import { RollingRounds } from '../../../records/rolling-rounds.ts'
import { defineSchema } from '../../../schema/define.ts'
import { instant } from '../../../values/instant.ts'
import { defineTotals, totalsSchema } from '../definition.ts'
import { TotalsOutput } from '../totals-output.ts'
import { TableTotalsRun } from './table-run.ts'

const Row = defineSchema(z.object({ id: z.int(), at: instant(), group: z.int(), gone: z.boolean() }), { name: 'row', time: 'at' })
const table = { key: ['id'], deleted: 'gone' }

function started() {
  const definition = { ...defineTotals({ by: 'group', aggregate: { n: count(), newest: max('at') }, table } as never), table }
  const emitted: object[] = []
  const end = { origin: 'hand' as const, next: (rows: Batch<unknown>) => void emitted.push(...(rows.toArray() as object[])), refuse() {} }
  const run = new TableTotalsRun(definition, Row, new TotalsOutput('totals', totalsSchema(Row, definition), 1, end, {}))
  return { run, emitted }
}

/** Versions of `many` rows from an id on, at one time, in 500 groups. */
function batchOf(from: number, many: number, time: number, shift = 0, gone = false): Batch<unknown> {
  const made = Batch.of(
    Row,
    Array.from({ length: many }, (_, i) => ({ id: from + i, at: new Date(time), group: (from + i + shift) % 500, gone })),
  )
  const offsets = Float64Array.from({ length: many }, (_, i) => i)
  return internals.make(Row, internals.columns(made), many, { watermarks: new Float64Array(many).fill(time), offsets })
}

test('the records since the last whole round hold rows and groups, wherever a restart comes', () => {
  const control = started()
  let { run } = started()
  const rounds = new RollingRounds()
  const records: Uint8Array[] = []
  let ended = 0
  for (let step = 0; step < 40; step++) {
    const batch = step === 0 ? batchOf(0, 3_000, 0) : batchOf((step * 701) % 2_900, 60, step, step, step % 5 === 0)
    for (const one of [run, control.run]) {
      one.rows(batch)
      one.show()
    }
    const { bytes, endsRound } = run.snapshot()
    rounds.next('totals', records.length, endsRound)
    records.push(bytes)
    if (endsRound) ended++
    // No snapshot but the first has all.
    if (step > 0) expect(bytes.length).toBeLessThan((records[0] as Uint8Array).length / 5)
    if (step % 3 !== 0) continue
    run = started().run
    for (const [n, record] of records.entries()) if (rounds.needs('totals', n)) run.restore(record)
  }
  expect(ended).toBeGreaterThan(0)
  // A version of each row shows all groups.
  const again = started()
  for (const [n, record] of records.entries()) if (rounds.needs('totals', n)) again.run.restore(record)
  control.emitted.length = 0
  for (const one of [again.run, control.run]) {
    one.rows(batchOf(0, 3_000, 99, 7))
    one.show()
  }
  const inOrder = (rows: object[]) => rows.map((row) => JSON.stringify(row)).sort()
  expect(again.emitted.length).toBe(500)
  expect(inOrder(again.emitted)).toEqual(inOrder(control.emitted))
})

test('a state of another format is refused', () => {
  expect(() => started().run.restore(Uint8Array.of(9))).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
})
