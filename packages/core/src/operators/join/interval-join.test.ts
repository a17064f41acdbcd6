import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { IntervalJoin } from './interval-join.ts'

const Row = defineSchema(z.object({ key: z.string(), at: instant() }), { name: 'row', time: 'at' })
const batchOf = (timeline: { watermark: number }, ...times: number[]) => {
  const made = Batch.of(
    Row,
    times.map((time) => ({ key: 'a', at: new Date(time) })),
  )
  const metadata = { watermarks: new Float64Array(times.length).fill(Number.NEGATIVE_INFINITY), offsets: new Float64Array(times.length), timeline }
  return internals.make(Row, internals.columns(made), made.length, metadata, 'task')
}

test.each([
  ['inner', 20],
  ['left', 20],
  ['outer', 17],
] as const)('%s: what comes out is complete up to a watermark that no later row is before', (kind, expected) => {
  const [left, right] = [{ watermark: Number.NEGATIVE_INFINITY }, { watermark: Number.NEGATIVE_INFINITY }]
  const times: number[] = []
  const join = new IntervalJoin({ id: 'join', on: { left: 'key', right: 'key' }, kind, before: 3, after: 5, grace: 0, maxRows: 100 }, ({ time }) =>
    times.push(time),
  )
  join.start('left', batchOf(left))
  join.start('right', batchOf(right))
  expect(join.watermark).toBe(Number.NEGATIVE_INFINITY)
  join.rows('left', batchOf(left, 10, 20))
  join.rows('right', batchOf(right, 15, 30))
  left.watermark = 20
  right.watermark = 30
  join.release()
  expect([join.watermark, times]).toEqual([expected, kind === 'inner' ? [15] : [15, 20]])
})
