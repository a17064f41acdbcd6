import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { RowTexts } from '../../schema/row-texts.ts'
import { instant } from '../../values/instant.ts'
import { savedTime, WaitingRows } from './waiting-rows.ts'

const Row = defineSchema(z.object({ at: instant() }), { name: 'row', time: 'at' })
type Row = z.output<typeof Row.zod>
const texts = new RowTexts<Row>(Row, 'join')
const batchOf = (...times: number[]) => {
  const made = Batch.of(
    Row,
    times.map((time) => ({ at: new Date(time) })),
  )
  const metadata = { watermarks: new Float64Array(times.length), offsets: Float64Array.from(times, (time) => time * 10) }
  return internals.make(Row, internals.columns(made), made.length, metadata, 'task')
}
const timesOf = (batches: readonly Batch<Row>[]) => batches.map((batch) => batch.toArray().map(({ at }) => at.getTime()))

test('rows leave before a time, by the batches in which they came and in their order', () => {
  const waiting = new WaitingRows<Row>()
  waiting.add(batchOf(5, 1, 9))
  waiting.add(batchOf(2, 3))
  expect(timesOf(waiting.release(5))).toEqual([[1], [2, 3]])
  expect([waiting.held, timesOf(waiting.release(5)), timesOf(waiting.release(Number.POSITIVE_INFINITY)), waiting.held]).toEqual([2, [], [[5, 9]], 0])
})

test('a snapshot has the rows that were added and are still there, and up to where they have left', () => {
  const [waiting, back] = [new WaitingRows<Row>(), new WaitingRows<Row>()]
  const save = (whole: boolean) => {
    const saved = waiting.snapshot(whole, texts)
    if (saved) back.restore(JSON.parse(JSON.stringify(saved)), texts)
    return saved
  }
  waiting.add(batchOf(5, 1, 9))
  waiting.release(2)
  expect(save(true)).toEqual({
    left: 2,
    added: [
      [50, '{"at":5}'],
      [90, '{"at":9}'],
    ],
  })
  expect(save(false)).toBeNull()
  waiting.add(batchOf(7))
  waiting.release(6)
  save(false)
  expect(back.held).toBe(2)
  const [first] = back.release(8)
  expect([first && internals.metadata(first)?.offsets[0], back.held]).toEqual([70, 1])
  waiting.release(Number.POSITIVE_INFINITY)
  save(false)
  expect([back.held, waiting.snapshot(false, texts)]).toEqual([0, null])
})

test('the end of a source is after all times, also as JSON', () => {
  expect([savedTime(Number.NEGATIVE_INFINITY), savedTime(5), savedTime(Number.POSITIVE_INFINITY)]).toEqual([null, 5, Number.MAX_VALUE])
})
