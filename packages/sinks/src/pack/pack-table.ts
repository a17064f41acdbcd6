import type { Batch, Field, Schema } from '@tickets/core'
import { BufferPool } from '@tickets/core/internal'
import { layOut, plansOfBatches, refuseTooLarge } from './layout.ts'
import type { BufferSlot } from './record-batch-message.ts'

/** Buffers that tables are packed into: as many as a thread is given ahead. No batch has part of one, and what is made of them is a file. */
export const packBuffers = new BufferPool({ step: 256 * 1024, mostBytes: 8 * 2 ** 20 })

/** A column in the buffer of a packed table. */
export interface ColumnSlot {
  readonly rows: number
  readonly nulls: number
  /** Its buffers in Arrow's order, validity first; of enums validity and codes. */
  readonly buffers: readonly BufferSlot[]
  /** Its texts are known to be valid UTF-8. */
  readonly isUtf8: boolean
  /** Of enums: the bytes of a code, and the members. */
  readonly width: 1 | 2 | 4
  readonly members: readonly string[]
}

/** The rows of one file in one buffer, which can go to another thread. */
export interface PackedTable {
  readonly buffer: ArrayBuffer
  readonly rows: number
  readonly fields: readonly Field[]
  /** In the order of Arrow's IPC: each column, then those inside of it. */
  readonly slots: readonly ColumnSlot[]
}

/** Returns the batches end to end in one buffer, each column copied once. It does not depend on what the batches were. `take` may give a used buffer. */
export function packTable(
  schema: Schema<unknown>,
  given: readonly Batch<unknown>[],
  take: (bytes: number) => ArrayBuffer = (bytes) => new ArrayBuffer(bytes),
): PackedTable {
  const batches = given.filter(({ length }) => length > 0)
  const rows = batches.reduce((sum, batch) => sum + batch.length, 0)
  const plans = plansOfBatches(schema, batches, 'codes')
  const { buffers, length } = layOut(plans)
  refuseTooLarge(rows, length)
  const buffer = take(length)
  let next = 0
  const slots = plans.map(({ node, sizes, isUtf8, put, enum: codes }): ColumnSlot => {
    const own = buffers.slice(next, next + sizes.length)
    next += sizes.length
    put(
      buffer,
      own.map(({ at }) => at),
    )
    return { ...node, buffers: own, isUtf8, width: codes?.width ?? 1, members: codes?.members ?? [] }
  })
  return { buffer, rows, fields: schema.fields.map(plainField), slots }
}

/** Returns a field without what only its schema knows, so that it can go to another thread. */
function plainField({ name, kind, optional, nullable, precision, scale, children }: Field): Field {
  return {
    name,
    kind,
    values: [],
    optional,
    nullable,
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
    ...(children && { children: children.map(plainField) }),
  }
}
