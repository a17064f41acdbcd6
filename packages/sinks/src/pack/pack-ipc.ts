import type { Batch, Schema } from '@tickets/core'
import { ipcStream } from '@tickets/core/arrow'
import { layOut, plansOfBatches, refuseTooLarge } from './layout.ts'
import { type BufferSlot, END_OF_STREAM, recordBatchHead, writeEndOfStream, writeRecordBatchHead } from './record-batch-message.ts'
import type { EnumSlot, TextSlot } from './slots.ts'

/** An Arrow IPC stream in one buffer, and where in it the texts are. */
export interface Packed {
  readonly ipc: ArrayBuffer
  readonly enums: readonly EnumSlot[]
  readonly texts: readonly TextSlot[]
}

const heads = new WeakMap<Schema<unknown>, Uint8Array>()

/** Returns the message of an Arrow IPC stream that says the columns, made once a schema: a stream without rows, less its end. */
export function headOf(schema: Schema<unknown>): Uint8Array {
  let head = heads.get(schema)
  if (!head) {
    const empty = ipcStream(schema, [])
    head = empty.slice(0, empty.length - END_OF_STREAM)
    heads.set(schema, head)
  }
  return head
}

/**
 * Returns the batches end to end as an Arrow IPC stream of one record batch, each column copied once, into one buffer that can go to another thread.
 *
 * One record batch, whatever the batches were: where the writer of Parquet cuts its pages depends on it (docs/internals/protocol.md#7.4).
 */
export function packIpc(schema: Schema<unknown>, given: readonly Batch<unknown>[]): Packed {
  const batches = given.filter(({ length }) => length > 0)
  const head = headOf(schema)
  const rows = batches.reduce((sum, batch) => sum + batch.length, 0)
  const columns = plansOfBatches(schema, batches, 'texts')
  const { buffers, length: body } = layOut(columns)
  const start = rows === 0 ? head.length : head.length + recordBatchHead(columns.length, buffers.length)
  const total = start + (rows === 0 ? 0 : body) + END_OF_STREAM
  refuseTooLarge(rows, total)
  const ipc = new ArrayBuffer(total)
  new Uint8Array(ipc).set(head)
  const view = new DataView(ipc)
  writeEndOfStream(view, total - END_OF_STREAM)
  if (rows === 0) return { ipc, enums: [], texts: [] }
  const nodes = columns.map(({ node }) => node)
  writeRecordBatchHead(view, head.length, rows, nodes, buffers, body)

  const enums: EnumSlot[] = []
  const texts: TextSlot[] = []
  let next = 0
  for (const { field, isText, node, sizes, put, enum: codes } of columns) {
    const at = sizes.map((_, k) => start + (buffers[next + k] as BufferSlot).at)
    next += sizes.length
    put(ipc, at)
    const [bits = 0, offsets = 0, bytes = 0] = at
    const slot = { name: field.name, rows: node.rows, bits: node.nulls > 0 ? bits : -1, offsets, bytes }
    if (isText) texts.push(slot)
    if (codes) enums.push({ ...slot, width: codes.width, members: codes.members })
  }
  return { ipc, enums, texts }
}
