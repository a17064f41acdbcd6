import type { Batch, Schema } from '@tickets/core'
import { packBuffers, packTable } from '../pack/pack-table.ts'
import { newFile, type TableJob } from '../parquet/parquet-job.ts'
import type { FilePlace } from '../parquet/pooled-file.ts'
import type { ParquetThreads } from '../parquet/thread-encoder.ts'
import type { OpenFile } from './encoder.ts'

/** Rows that are handed over together, so that small batches do not cost a message each. */
const PIECE_ROWS = 4096
/** Batches that are kept for it at the most: a batch's objects weigh some 10 kB, whatever it holds, and a live topic gives a few rows at a time. */
const PIECE_BATCHES = 128
/** Bytes of rows that wait here until a thread has room for them; beyond, `add` waits. */
const MOST_WAITING = 4 * 2 ** 20

/** What a file of our own writer is made with. */
export interface ParquetPieces {
  readonly threads: ParquetThreads
  readonly settings: TableJob['settings']
  readonly pack?: typeof packTable
  /** Returns the key-values of the file's metadata. */
  readonly keyValues: (footer: ReadonlyMap<string, string>) => ReadonlyMap<string, string>
}

/** Returns about how many bytes batches take when they are packed. */
export const packedBytes = (batches: readonly Batch<unknown>[]) => batches.reduce((sum, { bytes }) => sum + bytes, 4096)

const rowsOf = (batches: readonly Batch<unknown>[]) => batches.reduce((sum, { length }) => sum + length, 0)

/** Returns a file whose rows are packed by some thousands and encoded as they come. */
export function openParquet(schema: Schema<unknown>, { threads, settings, pack = packTable, keyValues }: ParquetPieces): OpenFile {
  const file = threads.open()
  let pending: Batch<unknown>[] = []
  let releases: (() => void)[] = []
  let waiting = 0
  /** Settles when what was added is packed. */
  let sent: Promise<void> = Promise.resolve()
  /** Shows at the next call. */
  let failure: { readonly error: unknown } | null = null

  const take = (size: number) => packBuffers.take(size)
  const makerOf =
    (batches: readonly Batch<unknown>[], footer: ReadonlyMap<string, string> | null = null) =>
    (place: FilePlace): TableJob => ({
      kind: 'table',
      ...place,
      table: pack(schema, batches, take),
      settings,
      footer: footer && keyValues(footer),
    })

  /** Takes what waits here, with what releases it. */
  const takePending = () => {
    const [batches, given] = [pending, releases]
    pending = []
    releases = []
    const release = () => {
      for (const one of given) one()
    }
    return { batches, release }
  }

  const send = () => {
    const { batches, release } = takePending()
    const bytes = packedBytes(batches)
    waiting += bytes
    sent = sent.then(async () => {
      if (failure) throw failure.error
      await file.add(rowsOf(batches), bytes, makerOf(batches))
      release()
      waiting -= bytes
    })
    sent.catch((error: unknown) => {
      failure ??= { error }
    })
  }

  return {
    async add(batch, release) {
      if (failure) throw failure.error
      pending.push(batch)
      if (release) releases.push(release)
      if (rowsOf(pending) >= PIECE_ROWS || pending.length >= PIECE_BATCHES) send()
      if (waiting > MOST_WAITING) await sent
    },
    async finish(footer) {
      const { batches, release } = takePending()
      await sent
      const bytes = packedBytes(batches)
      const make = makerOf(batches, footer)
      // As long as all rows are here, a lost thread costs nothing but another try.
      const parts = await (file.isSent
        ? file.finish(rowsOf(batches), bytes, make)
        : threads.encode(bytes, () => make({ file: newFile(), before: 0 })))
      release()
      return parts
    },
    drop() {
      takePending()
      failure ??= { error: new Error('the file was given up') }
      file.drop()
    },
  }
}
