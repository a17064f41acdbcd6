import { Batch, internals } from '../../batch/batch.ts'
import { LateRow } from '../../connectors/late-row.ts'
import { messageText } from '../../schema/message-text.ts'
import { eventTimes } from '../../time/event-time.ts'
import type { Late } from '../../window/engine/late.ts'

const LAST = 8.64e15
const dateOf = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms)))

/** Returns the late rows of a batch, each with the windows it missed, its watermark and its position. */
export function lateRows(
  at: { readonly flow: string; readonly partition: string },
  operator: string,
  batch: Batch<unknown>,
  late: readonly Late[],
): Batch<LateRow> {
  const time = eventTimes(batch)
  const positions = internals.metadata(batch)?.offsets
  const text = messageText(batch.schema)
  const iso = (ms: number) => dateOf(ms).toISOString()
  return Batch.of(
    LateRow,
    late.map(({ row, watermark, windows }) => ({
      flow: at.flow,
      operator,
      partition: at.partition,
      event_time: dateOf(time(row)),
      watermark: dateOf(watermark),
      windows: JSON.stringify(windows.map(({ start, end }) => [iso(start), iso(end)])),
      position: positions?.[row] ?? 0,
      row: text(batch.get(row)),
    })),
  )
}
