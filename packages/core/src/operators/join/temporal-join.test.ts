import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { lateOf, without } from './temporal-join.ts'

const Row = defineSchema(z.object({ at: instant() }), { name: 'row', time: 'at' })
const stamped = (...rows: readonly (readonly [time: number, watermark: number])[]) => {
  const made = Batch.of(
    Row,
    rows.map(([time]) => ({ at: new Date(time) })),
  )
  const metadata = { watermarks: Float64Array.from(rows, ([, watermark]) => watermark), offsets: new Float64Array(rows.length) }
  return internals.make(Row, internals.columns(made), made.length, metadata, 'task')
}

test('9.1 a row is late where its own watermark less the grace had passed it before it came', () => {
  const batch = stamped([5, 5], [4, 5], [1, 5], [9, 9])
  expect([lateOf(batch, 0).map(({ row }) => row), lateOf(batch, 3).map(({ row }) => row)]).toEqual([[1, 2], [2]])
  expect(
    without(batch, lateOf(batch, 0))
      .toArray()
      .map(({ at }) => at.getTime()),
  ).toEqual([5, 9])
  expect(without(batch, [])).toBe(batch)
})
