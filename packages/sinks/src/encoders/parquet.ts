import type { Kind } from '@tickets/core'
import { pack } from '../parquet/pack.ts'
import type { ParquetJob } from '../parquet/parquet-job.ts'
import { type EncodeOptions, parquetThreads } from '../parquet/thread-encoder.ts'
import type { Encoder } from './encoder.ts'

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
}

const codecs = { snappy: 'SNAPPY', zstd: 'ZSTD', gzip: 'GZIP', none: 'UNCOMPRESSED' } as const

const numeric: readonly Kind[] = ['number', 'integer', 'int32']

/** IPC has enums as text, offsets of its own, and room between the columns. */
const IPC_PER_BYTE = 1.2

/**
 * Makes the encoder for Parquet files, on parquet-wasm, which a thread loads when the first file is encoded. Column encodings depend on
 * kinds and values (`parquet/parquet-wasm.ts`).
 *
 * @throws `OPTION_INVALID` at once
 */
export function parquetEncoder({ compression, rowGroupRows, encodings, ...threads }: ParquetEncoding): Encoder {
  const encode = parquetThreads(threads)
  return {
    extension: 'parquet',
    joins: true,
    async encode(schema, batches, footer) {
      const make = (): ParquetJob => ({
        ...pack(schema, batches),
        times: schema.fields.filter(({ kind }) => kind === 'instant').map(({ name }) => name),
        numbers: schema.fields.length > WIDE ? schema.fields.filter(({ kind }) => numeric.includes(kind)).map(({ name }) => name) : [],
        settings: { compression: codecs[compression], rowGroupRows, plain: encodings === 'plain' },
        footer,
      })
      return encode(batches.reduce((sum, { bytes }) => sum + bytes, 4096) * IPC_PER_BYTE, make)
    },
  }
}
