import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals, watermarksOf } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { PartitionClock } from './watermark.ts'

const Row = defineSchema(z.object({ at: instant() }), { name: 'row', time: 'at' })
const batchOf = (...times: number[]) =>
  Batch.of(
    Row,
    times.map((ms) => ({ at: new Date(ms) })),
  )
const warnings = (clock: PartitionClock) => {
  const said: string[] = []
  const log = () => {}
  clock.warnOfJump('tickets-0', { debug: log, info: log, warn: (message) => void said.push(message), error: log })
  return said
}

test('the watermark is the largest event time less maxOutOfOrderness, and each row carries the one before it (5.1)', () => {
  const clock = new PartitionClock(10)
  const stamped = clock.stamp(batchOf(100, 300, 200))
  expect([...(watermarksOf(stamped) ?? [])]).toEqual([Number.NEGATIVE_INFINITY, 90, 290])
  expect(clock.watermark).toBe(290)
  expect([...(internals.metadata(stamped)?.offsets ?? [])]).toEqual([0, 1, 2])
})

test('the watermark never moves back', () => {
  const clock = new PartitionClock(0, 500)
  clock.stamp(batchOf(100))
  clock.advance(400)
  expect(clock.watermark).toBe(500)
  clock.advance(600)
  expect(clock.watermark).toBe(600)
})

test('watermarks that the source knows count, and event times do not', () => {
  const clock = new PartitionClock(0)
  const stamped = clock.stamp(batchOf(100, 900), Float64Array.of(50, 60))
  expect([...(watermarksOf(stamped) ?? [])]).toEqual([50, 60])
  expect(clock.watermark).toBe(60)
})

test('the rows of one message carry the watermark before their message, whoever knows it', () => {
  const rows = batchOf(100, 300, 200, 400)
  const metadata = { watermarks: new Float64Array(4), offsets: Float64Array.of(7, 7, 7, 8) }
  const made = internals.make(Row, internals.columns(rows), 4, metadata)
  const [clock, told] = [new PartitionClock(0, 50), new PartitionClock(0, 50)]
  expect([...(watermarksOf(clock.stamp(made)) ?? [])]).toEqual([50, 50, 50, 300])
  expect([...(watermarksOf(told.stamp(made, Float64Array.of(60, 70, 80, 90))) ?? [])]).toEqual([60, 60, 60, 90])
  expect([clock.watermark, told.watermark]).toEqual([400, 90])
})

test('a row that moves the watermark by more than a day is reported once', () => {
  const clock = new PartitionClock(0)
  clock.stamp(batchOf(0, 86_400_000))
  expect(warnings(clock)).toEqual([])
  clock.stamp(batchOf(3 * 86_400_000))
  expect(warnings(clock)).toEqual([expect.stringContaining('from 1970-01-02T00:00:00.000Z to 1970-01-04T00:00:00.000Z')])
  expect(warnings(clock)).toEqual([])
})

test('the newest event time is known where it moved the watermark', () => {
  const clock = new PartitionClock(10)
  expect(clock.newest).toBeNull()
  clock.stamp(batchOf(100, 300, 200))
  clock.stamp(batchOf(250))
  expect(clock.newest).toBe(300)
  clock.advance(900)
  expect(clock.newest).toBe(300)
  const told = new PartitionClock(10)
  told.stamp(batchOf(100), Float64Array.of(50))
  expect(told.newest).toBeNull()
})
