import { type Batch, type Schema, TicketsError } from '@tickets/core'
import { toRecordBatch } from '@tickets/core/arrow'
import type { Part } from './columns.ts'
import { partOf } from './part-of.ts'
import { type EnumsAs, type Plan, plansOf } from './plan.ts'
import type { BufferSlot } from './record-batch-message.ts'

/** What one file may hold: offsets of texts have 32 bits, and the memory of WASM ends at four gigabytes, which holds a file about three times. */
const MAX_BYTES = 2 ** 30

const padded = (bytes: number) => Math.ceil(bytes / 64) * 64

/** Returns the columns to be of all batches, in the order of Arrow's IPC. */
export function plansOfBatches(schema: Schema<unknown>, batches: readonly Batch<unknown>[], enumsAs: EnumsAs): Plan[] {
  return schema.fields.flatMap((field, i) => {
    // Text of enums is made from whole columns, and nested ones are copied level by level.
    const isWhole = enumsAs === 'texts' || field.children !== undefined
    const parts = batches.map((batch) => (isWhole ? (toRecordBatch(batch).data.children[i] as Part) : partOf(batch, i)))
    return plansOf(field, parts, enumsAs)
  })
}

/** Returns where the buffers of all columns go, one behind the other at multiples of 64 bytes, and where the last one ends. */
export function layOut(columns: readonly Plan[]): { readonly buffers: BufferSlot[]; readonly length: number } {
  const buffers: BufferSlot[] = []
  let length = 0
  for (const { sizes } of columns) {
    for (const bytes of sizes) {
      buffers.push({ at: length, bytes })
      // Four more, since enums are written four bytes at a time.
      length = padded(length + bytes + 4)
    }
  }
  return { buffers, length }
}

/** Throws `ENCODER_FAILED` where the rows of a file are too many bytes to encode. */
export function refuseTooLarge(rows: number, bytes: number): void {
  if (bytes <= MAX_BYTES) return
  throw new TicketsError(
    'ENCODER_FAILED',
    `a file of ${rows} rows takes ${bytes} bytes to encode, ${MAX_BYTES} at the most: set maxRowsPerFile, or lower range.rows`,
  )
}
