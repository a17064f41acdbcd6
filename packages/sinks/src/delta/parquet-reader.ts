import type { FileMetaData } from 'hyparquet'

/** Loads the library with the first Delta table: that takes longer than all other sinks together. */
const load = () => import('hyparquet')

/** The bytes at the end of a Parquet file behind its footer: the footer's length and `PAR1`. */
const TAIL = 8

/** Returns a copy that is a buffer of its own. */
const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer

/** Reads the rows of a Parquet file as plain objects, with these columns where it has them. */
export async function readRows(bytes: Uint8Array, columns: readonly string[]): Promise<Record<string, unknown>[]> {
  const { parquetMetadata, parquetReadObjects } = await load()
  const file = bufferOf(bytes)
  const metadata = parquetMetadata(file)
  const there = new Set(metadata.schema.map(({ name }) => name))
  return parquetReadObjects({ file, metadata, columns: columns.filter((name) => there.has(name)) })
}

/** An instant between two milliseconds, or on one. */
export class Microseconds {
  readonly #micros: bigint

  constructor(micros: bigint) {
    this.#micros = micros
  }

  /** Returns the last whole millisecond that is not after it. */
  get floor(): Date {
    const millis = this.#micros / 1000n
    return new Date(Number(millis * 1000n > this.#micros ? millis - 1n : millis))
  }

  /** Returns the first whole millisecond that is not before it. */
  get ceiling(): Date {
    const millis = this.#micros / 1000n
    return new Date(Number(millis * 1000n < this.#micros ? millis + 1n : millis))
  }
}

/** Reads the footer of a Parquet file of which the parts follow each other. */
export async function readFooter(parts: readonly Uint8Array[]): Promise<FileMetaData> {
  const { parquetMetadata } = await load()
  const lengthOf = (tail: Uint8Array) => new DataView(tail.buffer, tail.byteOffset, tail.byteLength).getUint32(0, true)
  const footer = lastBytes(parts, TAIL + lengthOf(lastBytes(parts, TAIL)))
  return parquetMetadata(bufferOf(footer), { parsers: { timestampFromMicroseconds: (micros: bigint) => new Microseconds(micros) } as never })
}

/** Returns the last bytes of parts that follow each other. */
function lastBytes(parts: readonly Uint8Array[], count: number): Uint8Array {
  const found = new Uint8Array(count)
  let left = count
  for (let i = parts.length - 1; i >= 0 && left > 0; i--) {
    const part = parts[i] as Uint8Array
    const taken = part.subarray(Math.max(0, part.length - left))
    left -= taken.length
    found.set(taken, left)
  }
  return found
}
