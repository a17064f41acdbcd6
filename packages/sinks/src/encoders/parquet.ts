import { type Batch, type Schema, TicketsError } from '@tickets/core'
import { ipcStream } from '@tickets/core/arrow'
import type { Encoder } from '../staged-file/encoder.ts'
import { columnReaders } from './columns.ts'

type Wasm = typeof import('parquet-wasm')

export const compressions = ['snappy', 'zstd', 'gzip', 'none'] as const
export type Compression = (typeof compressions)[number]

export interface ParquetEncoding {
  readonly compression: Compression
  readonly rowGroupRows: number
}

const codecs = { snappy: 'SNAPPY', zstd: 'ZSTD', gzip: 'GZIP', none: 'UNCOMPRESSED' } as const

/** Rows looked at to tell ids and free text from texts that repeat, and the share of different ones that makes a dictionary useless. */
const SAMPLE = 2048
const UNIQUE = 0.98

/** The text columns whose values hardly repeat: measured on tickets, no dictionary for them saves 3 % of the file and a third of the time. */
function uniqueTexts(batch: Batch<unknown> | undefined): Set<string> {
  const found = new Set<string>()
  if (!batch) return found
  const step = Math.max(1, Math.floor(batch.length / SAMPLE))
  for (const { field, read } of columnReaders(batch)) {
    if (field.kind !== 'string') continue
    const values = new Set<unknown>()
    let looked = 0
    for (let i = 0; i < batch.length && looked < SAMPLE; i += step, looked++) values.add(read(i))
    if (values.size >= looked * UNIQUE) found.add(field.name)
  }
  return found
}

function propertiesOf(
  wasm: Wasm,
  schema: Schema<unknown>,
  batch: Batch<unknown> | undefined,
  { compression, rowGroupRows }: ParquetEncoding,
  footer: ReadonlyMap<string, string>,
) {
  let builder = new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression[codecs[compression]])
    .setMaxRowGroupSize(rowGroupRows)
    .setKeyValueMetadata(new Map(footer))
  const unique = uniqueTexts(batch)
  for (const { name, kind } of schema.fields) {
    // Times lie close together: their differences take a tenth off the whole file of tickets, where a dictionary of them only costs.
    if (kind === 'instant') builder = builder.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, wasm.Encoding.DELTA_BINARY_PACKED)
    if (unique.has(name)) builder = builder.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, wasm.Encoding.DELTA_LENGTH_BYTE_ARRAY)
  }
  return builder.build()
}

/**
 * The encoder for Parquet files, on parquet-wasm, which is loaded here and not before.
 *
 * `writeParquet` takes over table and properties and frees them, so no WASM memory stays when a file is done.
 */
export async function loadParquetEncoder(encoding: ParquetEncoding): Promise<Encoder> {
  const wasm = await import('parquet-wasm').catch((cause: unknown): never => {
    throw new TicketsError('ENCODER_FAILED', 'parquet-wasm cannot be loaded: install the packages again, or write another format', { cause })
  })
  return {
    extension: 'parquet',
    async encode(schema, batches, footer) {
      const table = wasm.Table.fromIPCStream(ipcStream(schema, batches))
      return wasm.writeParquet(table, propertiesOf(wasm, schema, batches[0], encoding, footer))
    },
  }
}
