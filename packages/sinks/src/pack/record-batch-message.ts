/** Rows and nulls of a column. */
export interface ColumnNode {
  readonly rows: number
  readonly nulls: number
}

/** Where a buffer lies in the body of a message. */
export interface BufferSlot {
  readonly at: number
  readonly bytes: number
}

/** The four bytes before each message of an Arrow IPC stream. */
const CONTINUATION = 0xffffffff
const VERSION_5 = 4
const RECORD_BATCH = 3

/** What ends an Arrow IPC stream: a message without metadata. */
export const END_OF_STREAM = 8

/** Returns the bytes of a record batch's head, before its body. */
export const recordBatchHead = (columns: number, buffers: number): number => 8 + 88 + 16 * (columns + buffers)

/**
 * Writes the head of a record batch of an Arrow IPC stream: the flatbuffer `Message { header: RecordBatch }` of Arrow's `Message.fbs`.
 *
 * By hand, since its shape is always this one, and since a writer that takes the columns as they are would copy them once more.
 */
export function writeRecordBatchHead(
  view: DataView,
  start: number,
  rows: number,
  columns: readonly ColumnNode[],
  buffers: readonly BufferSlot[],
  body: number,
): void {
  const n = columns.length
  view.setUint32(start, CONTINUATION, true)
  view.setUint32(start + 4, 88 + 16 * (n + buffers.length), true)
  const u16 = (at: number, ...values: number[]) => {
    for (const [i, value] of values.entries()) view.setUint16(start + 8 + at + 2 * i, value, true)
  }
  const u32 = (at: number, value: number) => view.setUint32(start + 8 + at, value, true)
  const i64 = (at: number, value: number) => {
    u32(at, value % 2 ** 32)
    u32(at + 4, Math.floor(value / 2 ** 32))
  }
  u32(0, 16)
  // Message: its vtable (size, size of the table, places of version, header's type, header, body's length), then the table.
  u16(4, 12, 20, 16, 18, 4, 8)
  u32(16, 12)
  u32(20, 52 - 20)
  i64(24, body)
  u16(32, VERSION_5, RECORD_BATCH)
  // RecordBatch: its vtable (places of length, nodes, buffers), then the table.
  u16(40, 10, 20, 4, 12, 16)
  u32(52, 12)
  i64(56, rows)
  u32(64, 76 - 64)
  u32(68, 84 + 16 * n - 68)
  u32(76, n)
  columns.forEach((column, i) => {
    i64(80 + 16 * i, column.rows)
    i64(88 + 16 * i, column.nulls)
  })
  u32(84 + 16 * n, buffers.length)
  buffers.forEach(({ at, bytes }, i) => {
    i64(88 + 16 * (n + i), at)
    i64(96 + 16 * (n + i), bytes)
  })
}

/** Writes what ends the stream. */
export function writeEndOfStream(view: DataView, at: number): void {
  view.setUint32(at, CONTINUATION, true)
  view.setUint32(at + 4, 0, true)
}
