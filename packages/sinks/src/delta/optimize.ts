import { isTicketsError, type Storage, TicketsError } from '@tickets/core'
import { type Clock, fileError, systemClock } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import { storageAt } from '../disk/disk-storage.ts'
import { checked } from '../lake/compaction/compact.ts'
import { evenly, grouped, isSmall, packed } from '../lake/compaction/packing.ts'
import { mergedFooter } from '../lake/formats/footers.ts'
import { describe, type Opened } from '../lake/formats/format.ts'
import { parquetFormat } from '../lake/formats/parquet.ts'
import { type Action, type Add, nameOf, removing, toPath } from './actions.ts'
import { createDataFile } from './create-file.ts'
import { statisticsOf } from './statistics.ts'
import { checkSupported } from './supported.ts'
import { TableLog } from './table-log.ts'
import type { TableState } from './table-state.ts'

/** Settings of `optimizeDelta`. */
export interface OptimizeOptions {
  /** Bytes of a file that is large enough; 128 MiB by default. Files are put together up to this size; one of them is in memory at a time. */
  readonly targetFileSize?: number
  /** Stops between two files when it aborts. */
  readonly signal?: AbortSignal
  /** @internal Leave a file alone until the others beside it are as large together. */
  readonly gently?: boolean
  /** @internal What stands between the table and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** The result of `optimizeDelta`. */
export interface Optimization {
  /** Files that were merged, and those that they became. */
  readonly merged: number
  readonly written: number
  /** Bytes of the merged files, and of those that they became. */
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** Rows written. */
  readonly rows: number
  /** Small files that others wrote, which this release leaves to their writers. */
  readonly left: number
}

interface Known {
  readonly add: Add
  readonly opened: Opened
}

/** One optimization of one table. */
class Optimizer {
  readonly #table: Storage
  readonly #log: TableLog
  readonly #clock: Clock
  readonly #total = { merged: 0, written: 0, bytesBefore: 0, bytesAfter: 0, rows: 0, left: 0 }

  constructor(table: Storage, clock: Clock) {
    this.#table = table
    this.#log = new TableLog(table, clock)
    this.#clock = clock
  }

  async run({ targetFileSize, gently }: ReturnType<typeof checked>, signal: AbortSignal | undefined): Promise<Optimization> {
    const state = await this.#log.refresh()
    if (state.version < 0) throw new TicketsError('TARGET_UNUSABLE', `there is no Delta table in ${this.#table.location}: check the path`)
    checkSupported(state, this.#table.location)
    const small = [...state.files.values()].filter((add) => isSmall(add, targetFileSize))
    for (const folder of grouped(small, ({ partitionValues }) => JSON.stringify(Object.entries(partitionValues).sort()))) {
      if (signal?.aborted) break
      await this.#optimize(gently ? evenly(folder) : folder, targetFileSize, signal)
    }
    return this.#total
  }

  async #optimize(adds: readonly Add[], targetFileSize: number, signal: AbortSignal | undefined): Promise<void> {
    if (adds.length < 2) return
    const known: Known[] = []
    try {
      for (const add of adds) {
        const opened = await this.#open(add)
        if (opened) known.push({ add, opened })
        else this.#total.left++
      }
      const alike = grouped(known, ({ opened }) => JSON.stringify([describe(opened.footer), opened.footer?.flow, opened.shape]))
      for (const bin of alike.flatMap((files) => packed(files, targetFileSize, ({ add }) => add.size))) {
        if (signal?.aborted) return
        if (bin.length > 1) await this.#merge(bin)
      }
    } finally {
      for (const { opened } of known) opened.close()
    }
  }

  /** Opens a file of ours; null for one of another writer, whose types this release may not write as they are. */
  async #open(add: Add): Promise<Opened | null> {
    const bytes = await this.#table.read(nameOf(add))
    if (!bytes) return null
    try {
      const opened = await parquetFormat.open(bytes)
      if (opened.footer) return opened
      opened.close()
    } catch (error) {
      // Types that no sink of ours writes.
      if (!isTicketsError(error, 'SCHEMA_MISMATCH')) throw error
    }
    return null
  }

  /** Writes the rows of some files into one, and commits it in their place unless others changed them meanwhile. */
  async #merge(bin: readonly Known[]): Promise<void> {
    const [first] = bin as [Known]
    const parts: Uint8Array[] = []
    let rows = 0
    const read = async (i: number) => {
      const bytes = await this.#table.read(nameOf((bin[i] as Known).add))
      if (bytes) return bytes
      throw new TicketsError(
        'SINK_FAILED',
        `${(bin[i] as Known).add.path} of ${this.#table.location} was removed while it was merged: run it again`,
        {
          retryable: true,
        },
      )
    }
    const footer = mergedFooter(bin.flatMap(({ opened }) => opened.footer ?? []))
    for await (const part of parquetFormat.merge({ files: bin.length, read, footer, keep: null }, (count) => {
      rows = count
    }))
      parts.push(part)
    const expected = bin.reduce((sum, { opened }) => sum + opened.rows, 0)
    if (rows !== expected)
      throw new TicketsError(
        'ENCODER_FAILED',
        `merging ${bin.length} files of ${this.#table.location} gave ${rows} rows instead of ${expected}: nothing was changed`,
      )
    const folder = nameOf(first.add).split('/').slice(0, -1)
    const name = [...folder, `compacted-${globalThis.crypto.randomUUID()}.parquet`].join('/')
    const size = parts.reduce((sum, part) => sum + part.byteLength, 0)
    const stats = await statisticsOf(parts, first.opened.fields)
    await createDataFile(this.#table, name, parts)
    const { partitionValues } = first.add
    const isCommitted = await this.#commit(bin, { path: toPath(name), partitionValues, size, stats })
    // No commit names it, so no reader can have seen it.
    if (!isCommitted) return this.#table.remove([name])
    this.#total.merged += bin.length
    this.#total.written++
    this.#total.rows += rows
    this.#total.bytesBefore += bin.reduce((sum, { add }) => sum + add.size, 0)
    this.#total.bytesAfter += size
  }

  async #commit(bin: readonly Known[], made: Pick<Add, 'path' | 'partitionValues' | 'size' | 'stats'>): Promise<boolean> {
    for (;;) {
      const state = await this.#log.refresh()
      checkSupported(state, this.#table.location)
      if (!bin.every(({ add }) => isSame(state, add))) return false
      const now = this.#clock.now()
      const info = { timestamp: now, operation: 'OPTIMIZE', operationParameters: { predicate: '[]' }, isBlindAppend: false, engineInfo: 'tickets' }
      const removed = bin.map((known) => removing(known.add, now, false))
      const add: Action = { add: { ...made, modificationTime: now, dataChange: false } }
      if (await this.#log.create([{ commitInfo: info }, ...removed, add])) return this.#log.checkpoint().then(() => true)
    }
  }
}

/** Whether a file is still part of the table, as it was when it was read. */
const isSame = ({ files }: TableState, { path, size }: Add) => files.get(path)?.size === size

/**
 * Merges the small files of a Delta table, within each partition, as `OPTIMIZE` does: each merge is one commit with `dataChange: false`, so that readers
 * see the same rows before and after, and streams that read the table see none twice.
 *
 * Runs beside the pipeline that writes, in any process. A merge that loses against another change of the same files is dropped. Merged files stay for those
 * who read older versions, until they are vacuumed.
 *
 * @param place the folder or storage that was given to the sink
 * @throws `OPTION_INVALID`; `TARGET_UNUSABLE` where there is no table, or one with features that this release does not know; `SINK_FAILED`, `ENCODER_FAILED`
 * @example
 * await optimizeDelta('data/tickets') // { merged: 40, written: 1, bytesBefore: 3250112, bytesAfter: 2964207, rows: 100000, left: 0 }
 */
export async function optimizeDelta(place: string | Storage, options: OptimizeOptions = {}): Promise<Optimization> {
  const { targetFileSize, gently } = options
  const planning = checked({ ...(targetFileSize !== undefined && { targetFileSize }), ...(gently !== undefined && { gently }) })
  const table = storageAt(place, options.files)
  try {
    return await new Optimizer(table, systemClock).run(planning, options.signal)
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `optimizing the Delta table ${table.location}`)
  }
}
