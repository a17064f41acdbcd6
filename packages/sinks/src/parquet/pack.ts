import { type Batch, type Field, type Schema, TicketsError } from '@tickets/core'
import { ipcStream, toRecordBatch } from '@tickets/core/arrow'
import { bitsOf, type Part, putBits, putFixed, putText, textBytes } from './pack-columns.ts'
import { type EnumPlan, enumBytes, enumPlan, putEnumCodes } from './pack-enums.ts'
import type { EnumSlot, TextSlot } from './parquet-job.ts'
import { type BufferSlot, type ColumnNode, END_OF_STREAM, recordBatchHead, writeEndOfStream, writeRecordBatchHead } from './record-batch-message.ts'

/** An Arrow IPC stream in one buffer, and where in it the texts are. */
export interface Packed {
  readonly ipc: ArrayBuffer
  readonly enums: readonly EnumSlot[]
  readonly texts: readonly TextSlot[]
}

/** What one file may hold: offsets of texts have 32 bits, and the memory of WASM ends at four gigabytes, which holds a file about three times. */
const MAX_BYTES = 2 ** 30

const padded = (bytes: number) => Math.ceil(bytes / 64) * 64

const heads = new WeakMap<Schema<unknown>, Uint8Array>()

/** The schema's message of the stream, made once a schema: a stream without rows, less its end. */
function headOf(schema: Schema<unknown>): Uint8Array {
  let head = heads.get(schema)
  if (!head) {
    const empty = ipcStream(schema, [])
    head = empty.slice(0, empty.length - END_OF_STREAM)
    heads.set(schema, head)
  }
  return head
}

/** One column to be: how many bytes each of its buffers takes, and what writes them. */
interface Plan {
  readonly field: Field
  readonly node: ColumnNode
  readonly sizes: readonly number[]
  readonly enum?: EnumPlan
  put(ipc: ArrayBuffer, at: readonly number[]): void
}

function planOf(field: Field, parts: readonly Part[], rows: number): Plan {
  const nulls = parts.reduce((sum, part) => sum + Math.max(0, part.nullCount), 0)
  const bits = nulls > 0 ? bitsOf(rows) : 0
  const node = { rows, nulls }
  const putValid = (ipc: ArrayBuffer, at: number) => {
    if (nulls > 0) putBits(ipc, at, parts, 'validity')
  }
  const plan = (sizes: readonly number[], put: (ipc: ArrayBuffer, at: readonly number[]) => void, more: Partial<Plan> = {}): Plan => ({
    ...more,
    field,
    node,
    sizes: [bits, ...sizes],
    put(ipc, [first = 0, ...rest]) {
      putValid(ipc, first)
      put(ipc, rest)
    },
  })
  switch (field.kind) {
    case 'string':
      return plan([4 * (rows + 1), textBytes(parts)], (ipc, [offsets = 0, bytes = 0]) => putText(ipc, offsets, bytes, parts))
    case 'enum': {
      const codes = enumPlan(field, parts)
      return plan([4 * (rows + 1), enumBytes(codes, parts)], (ipc, [offsets = 0]) => putEnumCodes(ipc, offsets, rows, codes, parts), { enum: codes })
    }
    case 'boolean':
      return plan([bitsOf(rows)], (ipc, [at = 0]) => putBits(ipc, at, parts, 'values'))
    case 'int32':
      return plan([4 * rows], (ipc, [at = 0]) => putFixed(ipc, at, parts))
    case 'number':
    case 'integer':
    case 'instant':
      return plan([8 * rows], (ipc, [at = 0]) => putFixed(ipc, at, parts))
  }
}

/**
 * Returns the batches end to end as an Arrow IPC stream of one record batch, each column copied once, into one buffer that can go to another thread.
 *
 * One record batch, whatever the batches were: where the writer of Parquet cuts its pages depends on it (docs/internals/protocol.md#7.4).
 */
export function pack(schema: Schema<unknown>, given: readonly Batch<unknown>[]): Packed {
  const batches = given.filter(({ length }) => length > 0)
  const head = headOf(schema)
  const rows = batches.reduce((sum, batch) => sum + batch.length, 0)
  const columns = schema.fields.map((field, i) => {
    const parts = batches.map((batch) => toRecordBatch(batch).data.children[i] as Part)
    return planOf(field, parts, rows)
  })
  const buffers: BufferSlot[] = []
  let body = 0
  for (const { sizes } of columns) {
    for (const bytes of sizes) {
      buffers.push({ at: body, bytes })
      // Four more, since enums are written four bytes at a time.
      body = padded(body + bytes + 4)
    }
  }
  const start = rows === 0 ? head.length : head.length + recordBatchHead(columns.length, buffers.length)
  const total = start + (rows === 0 ? 0 : body) + END_OF_STREAM
  if (total > MAX_BYTES) {
    throw new TicketsError(
      'ENCODER_FAILED',
      `a file of ${rows} rows takes ${total} bytes to encode, ${MAX_BYTES} at the most: set maxRowsPerFile, or lower range.rows`,
    )
  }
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
  for (const { field, node, sizes, put, enum: codes } of columns) {
    const at = sizes.map((_, k) => start + (buffers[next + k] as BufferSlot).at)
    next += sizes.length
    put(ipc, at)
    const [bits = 0, offsets = 0, bytes = 0] = at
    const slot = { name: field.name, rows, bits: node.nulls > 0 ? bits : -1, offsets, bytes }
    if (field.kind === 'string') texts.push(slot)
    if (codes) enums.push({ ...slot, width: codes.width, members: codes.members })
  }
  return { ipc, enums, texts }
}
