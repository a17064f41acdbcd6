import { TicketsError } from '../../base/errors.ts'
import { type Batch, internals, type RowMetadata } from '../../batch/batch.ts'
import type { Interval } from './window.ts'

/** A row that came too late for some of its windows. */
export interface Late {
  readonly row: number
  readonly watermark: number
  readonly windows: readonly Interval[]
}

/** The watermarks of a batch's rows. Throws `WATERMARK_LOST` where it has none. */
export function metadataOf(batch: Batch<unknown>): RowMetadata {
  const trail = internals.metadata(batch)
  if (trail) return trail
  throw new TicketsError(
    'WATERMARK_LOST',
    'windowed got rows without their watermarks: make them with mapRows or withColumn, not with Batch.of, rows() or a map of your own',
  )
}
