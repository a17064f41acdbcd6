import { type Batch, column, type Schema } from '../batch/batch.ts'
import { wideReader } from '../batch/columns.ts'

/** Whether rows of this schema are windows: their time is the last instant that lies in them, so that a window belongs into a larger one with the same end. */
export function isWindows(schema: Schema<unknown>): boolean {
  return schema.time === 'window_start' && schema.keys[0] === 'window_start' && schema.keys[1] === 'window_end'
}

/** The event time of each row in epoch milliseconds. */
export function eventTimes(batch: Batch<unknown>): (i: number) => number {
  const { schema } = batch
  if (!isWindows(schema)) return wideReader(column(batch, schema.time))
  const end = wideReader(column(batch, 'window_end'))
  return (i) => end(i) - 1
}
