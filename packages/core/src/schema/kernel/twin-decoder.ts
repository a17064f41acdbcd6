import { columnStore } from '../../store/column-store.ts'
import type { WideStore } from '../../store/stores.ts'
import { rowReader } from '../fast-decoder/field.ts'
import { LONGEST_MESSAGE } from '../fast-decoder/read.ts'
import type { RowPlan } from '../fast-decoder/rules.ts'
import type { PieceDecoder } from './piece.ts'

/**
 * Returns the decoder in plain TypeScript, which the kernel must agree with. It decodes by the fast path alone, since zod is on another thread.
 *
 * @param time the number of the field of the event time; -1 where there is none
 */
export function twinDecoder(plan: RowPlan, time: number): PieceDecoder {
  const columns = plan.fields.map(columnStore)
  const read = rowReader(plan, columns)
  const times = (columns[time]?.store ?? null) as WideStore | null
  return ({ bytes, starts, ends, timestamps, maxFuture, latest }) => {
    const all = new Uint8Array(bytes.buffer)
    const view = new DataView(bytes.buffer)
    const base = bytes.byteOffset
    for (const column of columns) column.reserve(starts.length)
    const isInTime = (row: number, message: number) => {
      if (!times) return true
      const millis = times.get(row)
      // NaN, where a message has no time of its own, is not greater (docs/internals/protocol.md#5.5).
      return millis <= latest && !(timestamps && millis - (timestamps[message] as number) > maxFuture)
    }
    const odd: number[] = []
    let rows = 0
    for (let i = 0; i < starts.length; i++) {
      const [start, end] = [base + (starts[i] as number), base + (ends[i] as number)]
      if (end - start <= LONGEST_MESSAGE && read(all, view, start, end, rows) && isInTime(rows, i)) rows++
      else odd.push(i)
    }
    return { rows, odd: Int32Array.from(odd), columns: columns.map((column) => column.cut(rows)) }
  }
}
