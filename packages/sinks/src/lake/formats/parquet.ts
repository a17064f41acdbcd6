import { type Comparables, fromRecordBatch, ipcStream, namesInIpc, readComparables, readIpc, schemaOfFields } from '@tickets/core/arrow'
import type { ParquetFile, WriterProperties as Properties, RecordBatch as WasmBatch } from 'parquet-wasm'
import { loadError } from '../../parquet/load-error.ts'
import { MOST_DELTAS } from '../../parquet/parquet-wasm.ts'
import { kept } from './arrow.ts'
import { footerText, parseFooter } from './footers.ts'
import { describe, type Format, type Keep, type Opened, type RowSchema, type Rows, shapeOf } from './format.ts'
import { keepOthers, matchesIn } from './row-filter.ts'

export type { WasmBatch }

type Wasm = typeof import('parquet-wasm')

/** Rows of a row group: what DuckDB reads in one go. Bytes bound it too, so that long texts do not fill the memory. */
const GROUP_ROWS = 122_880
const GROUP_BYTES = 64 * 1024 * 1024
/** Bytes of a batch on its way from one file to the other, about. */
const BATCH_BYTES = 8 * 1024 * 1024

async function load(): Promise<Wasm> {
  return import('parquet-wasm').catch((cause: unknown): never => {
    throw loadError(cause)
  })
}

const fileOf = (wasm: Wasm, bytes: Uint8Array) => wasm.ParquetFile.fromFile(new Blob([bytes as Uint8Array<ArrayBuffer>]))

/** Opens a Parquet file in WebAssembly; `free` it. */
export async function openWasm(bytes: Uint8Array): Promise<{ readonly wasm: Wasm; readonly file: ParquetFile }> {
  const wasm = await load()
  return { wasm, file: await fileOf(wasm, bytes) }
}

/** Rows of a batch that is about `BATCH_BYTES` large. */
function batchRows(file: ParquetFile): number {
  const groups = file.metadata().rowGroups()
  const bytes = groups.reduce((sum, group) => sum + group.totalByteSize(), 0)
  const rows = groups.reduce((sum, group) => sum + group.numRows(), 0)
  return Math.max(1, Math.min(16_384, Math.floor((BATCH_BYTES * rows) / Math.max(1, bytes))))
}

/** Returns the batches of a file, in the order of its rows, only these columns where they are named. */
export async function* batchesOf(file: ParquetFile, columns?: readonly string[]): AsyncGenerator<WasmBatch> {
  if (file.metadata().fileMetadata().numRows() === 0) return
  const stream = await file.stream({ batchSize: batchRows(file), ...(columns ? { columns: [...columns] } : {}) })
  for await (const batch of stream) yield batch
}

/**
 * Reads some columns of a Parquet file of any writer, in the order of its rows, to compare their values. A column that the file lacks is left out.
 *
 * @throws `SCHEMA_MISMATCH` where a column is read whose values cannot be compared
 */
export async function* readKeys(bytes: Uint8Array, columns: readonly string[]): AsyncGenerator<Comparables> {
  const { file } = await openWasm(bytes)
  try {
    const there = new Set(namesInIpc(file.schema().intoIPCStream()))
    const wanted = columns.filter((name) => there.has(name))
    if (wanted.length > 0) for await (const batch of batchesOf(file, wanted)) yield* readComparables(batch.intoIPCStream())
    else yield { length: file.metadata().fileMetadata().numRows(), column: () => null }
  } finally {
    file.free()
  }
}

function schemaOf(file: ParquetFile): { schema: RowSchema; footer: ReturnType<typeof parseFooter> } {
  const said = file.metadata().fileMetadata().keyValueMetadata() as Map<string, string>
  const footer = parseFooter(said.get('tickets'))
  return { footer, schema: schemaOfFields(readIpc(file.schema().intoIPCStream()).fields, describe(footer)) }
}

/** A batch of WASM as one of ours. */
function toRows(batch: WasmBatch, schema: RowSchema): Rows[] {
  return readIpc(batch.intoIPCStream()).batches.map((one) => fromRecordBatch(schema, one))
}

/** The rows that stay of a batch, in WASM again. */
function filtered(wasm: Wasm, batch: WasmBatch, schema: RowSchema, keep: Keep): { batches: WasmBatch[]; rows: number } {
  const rows = toRows(batch, schema)
    .map((one) => kept(one, keep))
    .filter((one) => one.length > 0)
  if (rows.length === 0) return { batches: [], rows: 0 }
  return { batches: wasm.Table.fromIPCStream(ipcStream(schema, rows)).recordBatches(), rows: rows.reduce((sum, one) => sum + one.length, 0) }
}

/** Returns how the columns of a file are encoded: what is merged is encoded as what it is made of. */
export function propertiesLike(wasm: Wasm, file: ParquetFile, footer: string | null): Properties {
  const group = file.metadata().numRowGroups() > 0 ? file.metadata().rowGroup(0) : null
  const columns = (group?.columns() ?? []).map((column) => ({
    name: column.columnPath().join('.'),
    compression: column.compression(),
    delta: column.encodings().find((one) => one === wasm.Encoding.DELTA_BINARY_PACKED || one === wasm.Encoding.DELTA_LENGTH_BYTE_ARRAY),
  }))
  let builder = new wasm.WriterPropertiesBuilder()
    .setCompression(columns[0]?.compression ?? wasm.Compression.SNAPPY)
    .setMaxRowGroupSize(GROUP_ROWS)
    .setMaxRowGroupBytes(GROUP_BYTES)
  if (footer !== null) builder = builder.setKeyValueMetadata(new Map([['tickets', footer]]))
  const deltas = columns.filter(({ delta }) => delta !== undefined)
  for (const { name, delta = wasm.Encoding.PLAIN } of deltas) {
    builder = builder.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, deltas.length > MOST_DELTAS ? wasm.Encoding.PLAIN : delta)
  }
  return builder.build()
}

/** Yields one value, and then others. */
export async function* chained<V>(first: V, rest: AsyncIterable<V>): AsyncGenerator<V> {
  yield first
  yield* rest
}

/** Parquet files, row group by row group in parquet-wasm: neither a file that is read in parts nor the merged one is ever in memory as a whole. */
export const parquetFormat: Format = {
  async open(bytes): Promise<Opened> {
    const { file } = await openWasm(bytes)
    const { schema, footer } = schemaOf(file)
    async function* batches(columns?: readonly string[]): AsyncGenerator<Rows> {
      const chosen = columns ? schema.fields.filter(({ name }) => columns.includes(name)) : schema.fields
      const narrow = chosen.length === schema.fields.length ? schema : schemaOfFields(chosen, describe(footer))
      for await (const batch of batchesOf(file, columns)) yield* toRows(batch, narrow)
    }
    return {
      rows: file.metadata().fileMetadata().numRows(),
      footer,
      shape: shapeOf(schema.fields),
      fields: schema.fields,
      batches,
      find: (filter) => matchesIn(schema.fields, batches, filter),
      close: () => file.free(),
    }
  },
  async *merge({ files, read, footer, keep, filter }, count) {
    const stays = filter ? keepOthers(filter) : keep
    const wasm = await load()
    // The last file's encoding is the latest choice; one without rows has none.
    let properties: Properties | null = null
    for (let i = files - 1; i >= 0 && !properties; i--) {
      const file = await fileOf(wasm, await read(i))
      if (file.metadata().fileMetadata().numRows() > 0 || i === 0) properties = propertiesLike(wasm, file, footer && footerText(footer))
      file.free()
    }
    let rows = 0
    let schema: RowSchema | null = null
    async function* all(): AsyncGenerator<WasmBatch> {
      for (let i = 0; i < files; i++) {
        const file = await fileOf(wasm, await read(i))
        schema = schemaOf(file).schema
        for await (const batch of batchesOf(file)) {
          const { batches, rows: left } = stays ? filtered(wasm, batch, schema, stays) : { batches: [batch], rows: batch.numRows }
          rows += left
          yield* batches
        }
        file.free()
      }
    }
    const batches = all()
    const first = await batches.next()
    if (first.done) {
      // The stream's columns are those of its first batch.
      if (schema) yield wasm.writeParquet(wasm.Table.fromIPCStream(ipcStream(schema, [])), properties)
      return count(0)
    }
    const stream = ReadableStream.from(chained(first.value, batches))
    const parts = await wasm.transformParquetStream(stream, properties)
    for await (const part of parts) yield part
    count(rows)
  },
}
