import { type Batch, column, type Schema } from '../batch/batch.ts'
import { wideReader } from '../batch/columns.ts'

/** Returns whether rows of this schema are windows. The event time of a window is its last millisecond, so that it lies in a larger window with the same end. */
export function isWindows(schema: Schema<unknown>): boolean {
  return schema.time === 'window_start' && schema.keys[0] === 'window_start' && schema.keys[1] === 'window_end'
}

/** Returns a reader of the event time of each row, in epoch milliseconds. */
export function eventTimes(batch: Batch<unknown>): (i: number) => number {
  const { schema } = batch
  if (!isWindows(schema)) return wideReader(column(batch, schema.time))
  const end = wideReader(column(batch, 'window_end'))
  return (i) => end(i) - 1
}
