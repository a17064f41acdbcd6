import type { Batch, Field, Kind, Schema } from '@tickets/core'
import { headOf, packIpc } from '../pack/pack-ipc.ts'
import { packTable } from '../pack/pack-table.ts'
import { newFile, type ParquetJob } from '../parquet/parquet-job.ts'
import { type EncodeOptions, parquetThreads } from '../parquet/thread-encoder.ts'
import type { FileField } from '../parquet-file/schema.ts'
import type { Encoder } from './encoder.ts'
import { openParquet, packedBytes } from './open-parquet.ts'

/**
 * A table of more columns than this is wide: its files have few rows, and what each column costs whatever it holds counts. A dictionary takes some
 * 40 kB and a tenth of a millisecond to begin, and seldom pays for numbers there.
 */
const WIDE = 256

export const compressions = ['snappy', 'zstd', 'gzip', 'none'] as const
/** A compression codec of Parquet files. */
export type Compression = (typeof compressions)[number]

export const encodings = ['compact', 'plain'] as const
/** How the encoding of each Parquet column is chosen. */
export type ParquetEncodings = (typeof encodings)[number]

export interface ParquetEncoding extends EncodeOptions {
  readonly compression: Compression
  readonly rowGroupRows: number
  readonly encodings: ParquetEncodings
  /**
   * Returns columns as the files of a table have them; only our own writer, of snappy and uncompressed files, knows them. Such files do not say Arrow's
   * own types.
   */
  readonly columns?: ((fields: readonly Field[]) => readonly FileField[]) | undefined
  /** `ipc` writes every codec with parquet-wasm: the reference of tests and benchmarks. */
  readonly engine?: 'ipc' | undefined
}

const codecs = { snappy: 'SNAPPY', zstd: 'ZSTD', gzip: 'GZIP', none: 'UNCOMPRESSED' } as const

const numeric: readonly Kind[] = ['number', 'integer', 'int32']

/** IPC has enums as text, offsets of its own, and room between the columns. */
const IPC_PER_BYTE = 1.2

/** Arrow's own types of the columns, which readers on Arrow restore from here. */
const ARROW_SCHEMA = 'ARROW:schema'

/**
 * Makes the encoder for Parquet files: our own writer for snappy and uncompressed files, and parquet-wasm, which a thread loads when the first file is
 * encoded, for the other codecs. Column encodings depend on kinds and values (`parquet-file/chunk.ts`, `parquet/parquet-wasm.ts`).
 *
 * @throws `OPTION_INVALID` at once
 */
export function parquetEncoder({ compression, rowGroupRows, encodings, engine, columns, ...threads }: ParquetEncoding): Encoder {
  const codec = codecs[compression]
  const plain = encodings === 'plain'
  const own = engine !== 'ipc' && (codec === 'SNAPPY' || codec === 'UNCOMPRESSED') ? { compression: codec, rowGroupRows, plain } : null
  const encoding = parquetThreads(own ? 'table' : 'ipc', threads)
  const keyValues = (schema: Schema<unknown>, footer: ReadonlyMap<string, string>) =>
    columns ? footer : new Map([...footer, [ARROW_SCHEMA, Buffer.from(headOf(schema)).toString('base64')]])
  const pack: typeof packTable = (...given) => {
    const table = packTable(...given)
    return columns ? { ...table, fields: columns(table.fields) } : table
  }
  const jobOf = (schema: Schema<unknown>, batches: readonly Batch<unknown>[], footer: ReadonlyMap<string, string>): ParquetJob =>
    own
      ? {
          kind: 'table',
          file: newFile(),
          before: 0,
          table: pack(schema, batches),
          settings: own,
          footer: keyValues(schema, footer),
        }
      : {
          kind: 'ipc',
          ...packIpc(schema, batches),
          times: schema.fields.filter(({ kind }) => kind === 'instant').map(({ name }) => name),
          numbers: schema.fields.length > WIDE ? schema.fields.filter(({ kind }) => numeric.includes(kind)).map(({ name }) => name) : [],
          settings: { compression: codec, rowGroupRows, plain },
          footer,
        }
  return {
    extension: 'parquet',
    joins: true,
    encode: async (schema, batches, footer) => encoding.encode(packedBytes(batches) * IPC_PER_BYTE, () => jobOf(schema, batches, footer)),
    ...(own && {
      open: (schema: Schema<unknown>) =>
        openParquet(schema, { threads: encoding, settings: own, pack, keyValues: (footer) => keyValues(schema, footer) }),
    }),
  }
}
