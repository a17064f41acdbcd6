import { rowReader } from '../../schema/fast-decoder/field.ts'
import { columnStore } from '../../store/column-store.ts'
import type { ColumnCut, WideStore } from '../../store/stores.ts'
import type { DecodeAnswer, Piece, ThreadPlan } from './messages.ts'

/** Decodes messages to columns by the fast path alone; null as soon as one of them is not surely a row, since zod is on another thread. */
export function fastDecoder(plan: ThreadPlan): (piece: Piece) => DecodeAnswer['columns'] {
  const columns = plan.fields.map(columnStore)
  const read = rowReader(plan, columns)
  const time = (columns[plan.time]?.store ?? null) as WideStore | null
  return ({ shared, starts, ends, timestamps, maxFuture, latest }) => {
    const bytes = new Uint8Array(shared)
    const view = new DataView(shared)
    for (const column of columns) column.reserve(starts.length)
    for (let i = 0; i < starts.length; i++) {
      if (!read(bytes, view, starts[i] as number, ends[i] as number, i)) return null
      if (time && time.get(i) > latest) return null
      // NaN, where a message has no time of its own, is not greater (docs/internals/protocol.md#5.5).
      if (timestamps && time && time.get(i) - (timestamps[i] as number) > maxFuture) return null
    }
    return columns.map((column) => column.cut(starts.length))
  }
}

/** Returns the memory of a column and of those inside of it, to be given to another thread. */
export function buffersOf({ values, offsets, bits, children = [] }: ColumnCut): ArrayBuffer[] {
  const own = [values, offsets, bits].flatMap((array) => array?.buffer ?? [])
  return [...own, ...children.flatMap(buffersOf)]
}
