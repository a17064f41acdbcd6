import {
  Schema as ArrowSchema,
  type Data,
  type DataType,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Struct,
  Utf8,
} from 'apache-arrow'
import { arrowSchema } from './arrow-types.ts'
import { type Batch, internals, type Schema } from './batch.ts'
import { validityOf } from './columns.ts'

/** Returns a column with enums as plain strings, which is what files hold (docs/internals/protocol.md#8), also inside of nested ones. */
function plainColumn(data: Data, type: DataType): Data {
  if (data.children.length > 0) {
    const children = data.children.map((child, c) => plainColumn(child as Data, type.children[c]?.type as DataType))
    const { length, nullCount, valueOffsets } = data
    const nullBitmap = nullCount > 0 ? data.nullBitmap : null
    return makeData({ type, length, nullCount, nullBitmap, ...(valueOffsets ? { valueOffsets, child: children[0] } : { children }) } as never)
  }
  const members = data.dictionary?.data[0]
  if (!members) return data
  const codes = data.values as Int8Array
  const memberOffsets = members.valueOffsets as Int32Array
  const memberBytes = members.values as Uint8Array
  const valueOffsets = new Int32Array(data.length + 1)
  const isValid = validityOf(data)
  let total = 0
  for (let i = 0; i < data.length; i++) {
    const code = codes[i] as number
    if (isValid(i)) total += (memberOffsets[code + 1] as number) - (memberOffsets[code] as number)
    valueOffsets[i + 1] = total
  }
  const bytes = new Uint8Array(total)
  for (let i = 0; i < data.length; i++) {
    if (!isValid(i)) continue
    const from = memberOffsets[codes[i] as number] as number
    const to = memberOffsets[(codes[i] as number) + 1] as number
    for (let k = from, at = valueOffsets[i] as number; k < to; k++, at++) bytes[at] = memberBytes[k] as number
  }
  return makeData({
    type: new Utf8(),
    length: data.length,
    nullCount: data.nullCount,
    nullBitmap: data.nullCount > 0 ? data.nullBitmap : null,
    valueOffsets,
    data: bytes,
  } as never)
}

/** Returns the batch as an Arrow record batch with enums as plain strings. */
export function plainRecordBatch(batch: Batch<unknown>, schema: ArrowSchema): RecordBatch {
  const children = internals.columns(batch).map((data, c) => plainColumn(data, schema.fields[c]?.type as DataType))
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: batch.length, nullCount: 0, children }))
}

function write(
  writer: RecordBatchStreamWriter | RecordBatchFileWriter,
  schema: Schema<unknown>,
  batches: readonly Batch<unknown>[],
  footer: ReadonlyMap<string, string>,
): Uint8Array {
  const plain = new ArrowSchema(arrowSchema(schema, true).fields, new Map(footer))
  writer.reset(undefined, plain)
  for (const batch of batches) writer.write(plainRecordBatch(batch, plain))
  return writer.finish().toUint8Array(true)
}

/** Returns the batches as an Arrow IPC stream, the input of encoders in WASM. Without batches the stream has a schema alone. */
export function ipcStream(schema: Schema<unknown>, batches: readonly Batch<unknown>[], footer: ReadonlyMap<string, string> = new Map()): Uint8Array {
  return write(new RecordBatchStreamWriter(), schema, batches, footer)
}

/** Returns the batches as an Arrow IPC file, with `footer` in the metadata of its schema. */
export function ipcFile(schema: Schema<unknown>, batches: readonly Batch<unknown>[], footer: ReadonlyMap<string, string> = new Map()): Uint8Array {
  return write(new RecordBatchFileWriter(), schema, batches, footer)
}
