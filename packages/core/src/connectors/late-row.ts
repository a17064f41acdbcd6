import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'

/**
 * A row that its own partition's watermark had closed a window for (docs/internals/protocol.md#5.2): the windows it missed, and where it came from.
 * The row itself is its JSON text, so that rows of any schema share one dataset.
 */
export const LateRow = defineSchema(
  z.object({
    flow: z.string(),
    operator: z.string(),
    /** The task that read it, `<topic>-<partition>`; empty without a pipeline. */
    partition: z.string(),
    event_time: instant(),
    watermark: instant(),
    /** JSON: `[[start, end], …]`, ISO instants. */
    windows: z.string(),
    position: z.int(),
    row: z.string(),
  }),
  { name: 'late_row', version: 1, time: 'event_time' },
)

/** A row of `LateRow`. */
export interface LateRow {
  flow: string
  operator: string
  partition: string
  event_time: Date
  watermark: Date
  windows: string
  position: number
  row: string
}
