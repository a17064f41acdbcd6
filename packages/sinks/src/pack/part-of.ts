import type { Batch } from '@tickets/core'
import { columnSource } from '@tickets/core/internal'
import type { Part } from './columns.ts'

/** Returns a column of a batch. Rows that a filter chose are not copied: they are named. */
export function partOf(batch: Batch<unknown>, at: number): Part {
  const { data, rows } = columnSource(batch, at)
  const part = data as Part
  return rows ? { ...pickPart(part), length: rows.length, nullCount: missingIn(part, rows), rows } : part
}

const pickPart = ({ offset, nullBitmap, values, valueOffsets, dictionary }: Part) => ({
  offset,
  nullBitmap,
  values,
  valueOffsets,
  ...(dictionary && { dictionary }),
})

function missingIn({ nullCount, nullBitmap, offset }: Part, rows: Int32Array): number {
  if (nullCount <= 0) return 0
  let missing = 0
  for (let i = 0; i < rows.length; i++) {
    const at = offset + (rows[i] as number)
    if (((nullBitmap[at >> 3] as number) & (1 << (at & 7))) === 0) missing++
  }
  return missing
}
