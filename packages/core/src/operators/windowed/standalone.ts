import { type Batch, internals } from '../../batch/batch.ts'
import { PartitionClock } from '../../time/watermark.ts'
import type { WindowedDefinition } from './definition.ts'
import type { WindowedOutput } from './output.ts'
import { streamWindows } from './stream-windows.ts'

/**
 * Counts rows outside a pipeline: all are of one partition, whose watermark is the largest event time so far. Rows that another standalone
 * `windowed` made bring their own watermarks. The end of the stream closes every window.
 */
export function standalone(definition: WindowedDefinition, output: WindowedOutput) {
  const windows = streamWindows(definition, output.display, { keepsState: false })
  const clock = new PartitionClock(0)
  return {
    next(batch: Batch<unknown>): void {
      if (!output.isStarted) output.start(batch)
      const metadata = internals.metadata(batch)
      const isMadeOfWindows = metadata?.windowOrigin !== undefined
      const stamped = isMadeOfWindows ? batch : clock.stamp(batch)
      if (isMadeOfWindows) for (const watermark of metadata.watermarks) clock.advance(watermark)
      output.late(stamped, windows.add(stamped))
      if (batch.length === 0) output.emit([])
      else output.emitSome(windows.advance(clock.watermark))
    },
    complete: (): void => output.emitSome(windows.advance(Number.POSITIVE_INFINITY)),
  }
}
