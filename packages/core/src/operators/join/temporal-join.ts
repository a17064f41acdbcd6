import * as z from 'zod'
import { zodShape } from '../../base/zod-definition.ts'
import { type Batch, internals, join, pick, type RowMetadata, type Schema, type Timeline } from '../../batch/batch.ts'
import { addFound } from '../../schema/add-columns.ts'
import { makeSchema } from '../../schema/define.ts'
import { RowTexts } from '../../schema/row-texts.ts'
import { eventTimes } from '../../time/event-time.ts'
import { type Late, requireWatermarks } from '../../window/engine/late.ts'
import { checkHeld, joinKey, readerOf } from './lookup.ts'
import { type SavedVersions, Versions } from './versions.ts'
import { type SavedRows, WaitingRows } from './waiting-rows.ts'

/** A checked join with a table that follows a source. */
export interface TemporalDefinition {
  readonly id: string
  /** The column whose value is looked up. */
  readonly on: string
  /** The table's column of its key, and of what tells that a row is gone. */
  readonly key: string
  readonly deleted: string | null
  readonly columns: readonly string[]
  readonly isInner: boolean
  /** Rows see the newest version there is, and wait for none. */
  readonly seesNewest: boolean
  readonly inTimeOrder: boolean
  /** In milliseconds. */
  readonly grace: number
  readonly maxRows: number
}

/** A row of the table, as far as it is joined. */
type TableRow = Readonly<Record<string, unknown>>

/** On disk. */
export type SavedTemporalJoin = {
  readonly keys: SavedVersions
  readonly rows?: SavedRows
}

/** Joins the rows of one task with the table's versions of their own event times (docs/internals/protocol.md#9.3). Plain and synchronous. */
export class TemporalJoin<T, B> implements Timeline {
  readonly #definition: TemporalDefinition
  readonly #emit: (batch: Batch<B>) => void
  readonly #extend: (schema: Schema<T>) => Schema<B>
  readonly #versions = new Versions<TableRow>()
  readonly #waiting = new WaitingRows<T>()
  readonly #tableTexts: RowTexts<TableRow>
  #texts: RowTexts<T> | null = null
  #left: Timeline = NOWHERE
  #table: Timeline = NOWHERE

  constructor(definition: TemporalDefinition, table: Schema<unknown>, extend: (schema: Schema<T>) => Schema<B>, emit: (batch: Batch<B>) => void) {
    const { id, columns } = definition
    this.#definition = definition
    this.#extend = extend
    this.#emit = emit
    this.#tableTexts = new RowTexts(picked(table, columns), id)
  }

  /** How far what it emits is complete: rows that wait, and rows to come, are not before it. */
  get watermark(): number {
    const { grace, seesNewest } = this.#definition
    return Math.min(this.#left.watermark, seesNewest ? Number.POSITIVE_INFINITY : this.#table.watermark) - grace
  }

  /** Learns from the empty batch of the start what the rows are, and passes it on. */
  start(batch: Batch<T>): void {
    this.#left = internals.metadata(batch)?.timeline ?? NOWHERE
    this.#texts = new RowTexts(batch.schema, this.#definition.id)
    this.#emit(this.#joined(batch))
  }

  startTable(batch: Batch<unknown>): void {
    this.#table = internals.metadata(batch)?.timeline ?? NOWHERE
  }

  /** Takes rows, and returns those that their own partition's watermark has passed: they are dropped. */
  rows(batch: Batch<T>): Late[] {
    const late = lateOf(batch, this.#definition.grace)
    this.#waiting.add(without(batch, late))
    this.#check()
    if (this.#definition.seesNewest) this.release()
    return late
  }

  /** Takes versions of the table, and returns those that rows may have left without: they count, for the rows to come. */
  versions(batch: Batch<unknown>): Late[] {
    const { key, deleted, columns, grace } = this.#definition
    const keyOf = readerOf(batch, key)
    const isDeleted = deleted === null ? () => false : readerOf(batch, deleted)
    const readers = columns.map((name) => [name, readerOf(batch, name)] as const)
    const [time, watermarks] = [eventTimes(batch), requireWatermarks(batch)]
    for (let i = 0; i < batch.length; i++) {
      const at = joinKey(keyOf(i))
      if (at === null) continue
      const row = isDeleted(i) === true ? null : Object.fromEntries(readers.map(([name, read]) => [name, read(i)]))
      this.#versions.put(at, time(i), row, (watermarks[i] as number) - grace)
    }
    this.#check()
    return lateOf(batch, grace)
  }

  /** Emits the rows that the table's watermark has passed, and forgets the versions that no row sees any more. */
  release(): void {
    const { seesNewest, inTimeOrder, grace } = this.#definition
    const passed = seesNewest ? Number.POSITIVE_INFINITY : this.#table.watermark - grace
    // In the order of time a row waits for its own partition too: an earlier one may still come.
    const ready = inTimeOrder ? Math.min(passed, Math.floor(this.#left.watermark - grace) + 1) : passed
    const batches = this.#waiting.release(ready)
    for (const batch of inTimeOrder && batches.length > 0 ? [sorted(join(batches))] : batches) this.#emit(this.#joined(batch))
    this.#versions.forget(seesNewest ? this.#table.watermark - grace : this.watermark)
  }

  snapshot(whole: boolean): SavedTemporalJoin | null {
    const keys = this.#versions.snapshot(whole, this.#tableTexts.write)
    const rows = this.#texts && this.#waiting.snapshot(whole, this.#texts)
    return keys.length === 0 && !rows && !whole ? null : { keys, ...(rows ? { rows } : {}) }
  }

  restore({ keys, rows }: SavedTemporalJoin): void {
    this.#versions.restore(keys, (texts) => this.#tableTexts.read(texts).toArray())
    if (rows && this.#texts) this.#waiting.restore(rows, this.#texts)
  }

  #check(): void {
    const { id, maxRows } = this.#definition
    checkHeld(id, this.#waiting.held + this.#versions.held, maxRows)
  }

  #joined(batch: Batch<T>): Batch<B> {
    const { on, isInner, seesNewest } = this.#definition
    const [keyOf, time] = [readerOf(batch, on), eventTimes(batch)]
    const found: (TableRow | undefined)[] = []
    for (let i = 0; i < batch.length; i++) {
      const key = joinKey(keyOf(i))
      found.push(key === null ? undefined : seesNewest ? this.#versions.newest(key) : this.#versions.at(key, time(i)))
    }
    const kept = isInner ? found.flatMap((row, i) => (row ? [i] : [])) : null
    if (!kept || kept.length === found.length) return this.#with(batch, found)
    const rows = kept.map((i) => found[i])
    return this.#with(pick(batch, Int32Array.from(kept)), rows)
  }

  #with(batch: Batch<T>, found: readonly (TableRow | undefined)[]): Batch<B> {
    const { on, columns } = this.#definition
    const made = addFound(batch, this.#extend(batch.schema), columns, found, [on])
    return internals.make(made.schema, internals.sources(made), made.length, this.#metadata(made), 'task')
  }

  /** Says how far the rows before each one were complete, and that these are not in order, if so. */
  #metadata(batch: Batch<unknown>): RowMetadata {
    const { id, inTimeOrder } = this.#definition
    const metadata = internals.metadata(batch)
    const watermarks = new Float64Array(batch.length).fill(this.watermark)
    const time = eventTimes(batch)
    if (inTimeOrder) for (let i = 0; i < batch.length; i++) watermarks[i] = time(i)
    const offsets = metadata?.offsets ?? new Float64Array(batch.length)
    return { ...metadata, offsets, watermarks, timeline: this, ...(inTimeOrder ? {} : { unorderedBy: id }) }
  }
}

/** Where a stream stands of which nothing is known. */
export const NOWHERE: Timeline = { watermark: Number.NEGATIVE_INFINITY }

/** Returns the rows that were late before they came: their own partition's watermark had passed them (docs/internals/protocol.md#9.1). */
export function lateOf(batch: Batch<unknown>, grace: number): Late[] {
  const [time, watermarks] = [eventTimes(batch), requireWatermarks(batch)]
  const late: Late[] = []
  for (let row = 0; row < batch.length; row++) {
    const watermark = watermarks[row] as number
    if (time(row) < watermark - grace) late.push({ row, watermark, windows: [] })
  }
  return late
}

/** Returns the rows without the late ones. */
export function without<T>(batch: Batch<T>, late: readonly Late[]): Batch<T> {
  if (late.length === 0) return batch
  const gone = new Set(late.map(({ row }) => row))
  return pick(
    batch,
    Int32Array.from({ length: batch.length }, (_, i) => i).filter((i) => !gone.has(i)),
  )
}

function sorted<T>(batch: Batch<T>): Batch<T> {
  const time = eventTimes(batch)
  return pick(
    batch,
    Int32Array.from({ length: batch.length }, (_, i) => i).sort((a, b) => time(a) - time(b) || a - b),
  )
}

/** Returns the schema of some columns of a table, without an event time. */
function picked(table: Schema<unknown>, columns: readonly string[]): Schema<TableRow> {
  const shape = zodShape(table.zod)
  return makeSchema<TableRow>(
    z.object(Object.fromEntries(columns.map((name) => [name, shape[name] as z.ZodType]))),
    { name: table.name, version: table.version, time: null },
    [],
  )
}
