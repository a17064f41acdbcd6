import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { windowSchema } from '../window/schema.ts'
import { eventTimes, isWindows } from './event-time.ts'

const Row = defineSchema(z.object({ at: instant() }), { name: 'row', time: 'at' })

test('the event time of a row is its time column', () => {
  const time = eventTimes(Batch.of(Row, [{ at: new Date(5) }, { at: new Date(-5) }]))
  expect([time(0), time(1)]).toEqual([5, -5])
  expect(isWindows(Row)).toBe(false)
})

test('the event time of a window is its last millisecond, so that it lies in a larger window with the same end', () => {
  const schema = windowSchema(Row, 'tumbling', [], { rows: count() })
  const time = eventTimes(Batch.of(schema, [{ window_start: new Date(0), window_end: new Date(60_000), revision: 0, rows: 1 }]))
  expect(isWindows(schema)).toBe(true)
  expect(time(0)).toBe(59_999)
})
