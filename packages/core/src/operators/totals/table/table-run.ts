import { type Batch, internals, type Schema } from '../../../batch/batch.ts'
import { locate } from '../../../batch/paths.ts'
import { RowTexts } from '../../../schema/row-texts.ts'
import type { Field } from '../../../store/field.ts'
import { eventTimes } from '../../../time/event-time.ts'
import { type Late, requireWatermarks } from '../../../window/engine/late.ts'
import type { HeldColumn } from '../columns/held-column.ts'
import { adderOf, heldColumn } from '../columns/held-columns.ts'
import { StateReader, StateWriter } from '../columns/state-bytes.ts'
import { flags } from '../columns/typed-column.ts'
import { checkLimit, type TotalsDefinition } from '../definition.ts'
import { keyValues, keyWriter } from '../key-bytes.ts'
import { HASHES } from '../key-table.ts'
import { readHead, writeHead } from '../snapshot-head.ts'
import type { TotalsOutput } from '../totals-output.ts'
import type { Totals } from '../totals-run.ts'
import { TotalsStore } from '../totals-store.ts'
import { type Standing, StandingRows } from './standing-rows.ts'

/** Rows of a group that are counted anew at once. */
const MOST = 2048
/** What is held of a group counts its rows. */
const COUNTED = 1

/** The definition of totals over a table. */
type TableDefinition = TotalsDefinition & { readonly table: NonNullable<TotalsDefinition['table']> }

/** A row that has left the group that it was counted in. */
interface Left extends Standing {
  readonly group: number
}

/** One subscription of a `runningTotals` over a table: the row that stands of each key, and the totals of groups of them (docs/internals/protocol.md#9.4). */
export class TableTotalsRun implements Totals {
  readonly #definition: TableDefinition
  readonly #output: TotalsOutput
  readonly #fields: readonly Field[]
  readonly #texts: RowTexts<unknown>
  readonly #columns: readonly HeldColumn[]
  /** Whether each aggregate can give a row back. Where one cannot, a group that a row leaves is counted anew. */
  readonly #givesBack: boolean
  readonly #groups = new TotalsStore([])
  /** Of each group whether its accumulators hold its rows; after a restart, and where a row could not be taken out, they do not. */
  readonly #counted = flags()
  readonly #standing = new StandingRows(this.#groups)
  readonly #rows = new TotalsStore([this.#standing])
  #watermark = Number.NEGATIVE_INFINITY
  #revision = 0
  /** Where the next part of a snapshot begins, as a hash: of rows, and after the last of these of groups. */
  #part = 0

  constructor(definition: TableDefinition, input: Schema<unknown>, output: TotalsOutput) {
    this.#definition = definition
    this.#output = output
    this.#fields = definition.by.map((name) => locate(input.fields, name)?.field as Field)
    this.#texts = new RowTexts(input, definition.id)
    this.#columns = Object.entries(definition.aggregate).map(([name, agg]) => heldColumn(name, agg, input))
    this.#givesBack = this.#columns.every(({ remover }) => remover !== undefined)
  }

  /** Takes versions of rows: each stands until one that is later by event time, or came later with the same time. None is late. Throws `STATE_LIMIT`. */
  rows(batch: Batch<unknown>): Late[] {
    const { table, by } = this.#definition
    const watermarks = requireWatermarks(batch)
    const time = eventTimes(batch)
    const [writeKey, writeGroup] = [keyWriter(batch, table.key), keyWriter(batch, by)]
    const offsets = internals.metadata(batch)?.offsets
    const bytes = new StateWriter()
    const added = { rows: new Int32Array(batch.length), groups: new Int32Array(batch.length), count: 0 }
    const left: Left[] = []
    for (let i = 0; i < batch.length; i++) {
      this.#watermark = Math.max(this.#watermark, watermarks[i] as number)
      bytes.clear()
      writeKey(i, bytes)
      const place = this.#rows.intern(bytes.written, bytes.length)
      const at = time(i)
      if (at < this.#rows.lastOf(place)) continue
      this.#rows.touch(place, at)
      this.#leave(place, at, left)
      const row = batch.get(i) as Record<string, unknown>
      if (table.deleted !== null && row[table.deleted] === true) continue
      bytes.clear()
      writeGroup(i, bytes)
      const group = this.#groupAt(bytes, at)
      this.#standing.put(place, { text: this.#texts.write(row), position: offsets?.[i] ?? 0 }, group)
      if (this.#counted.get(group) !== COUNTED) continue
      added.rows[added.count] = i
      added.groups[added.count++] = group
    }
    adderOf(this.#columns, batch)(added.rows, added.groups, added.count)
    this.#takeBack(left)
    checkLimit(this.#definition, this.#bytes, this.#rows.table.size)
    return []
  }

  /** Emits the totals of groups that changed since they were last emitted. */
  show(): void {
    let isAny = false
    this.#groups.eachUnshown((group) => {
      isAny = true
      this.#emit(group)
    })
    // Rows are not shown themselves: only the list of those that changed is begun anew.
    this.#rows.eachUnshown(() => {})
    if (isAny) this.#revision++
    this.#output.flush(this.#watermark)
  }

  snapshot(): { readonly bytes: Uint8Array; readonly endsRound: boolean } {
    const out = new StateWriter(64 * 1024)
    writeHead({ watermark: this.#watermark, revision: this.#revision }, out)
    const inRows = this.#part < HASHES
    const [groups, rows] = [new StateWriter(), new StateWriter(64 * 1024)]
    // From the last hash on there is nothing but what changed.
    const nextRows = this.#rows.write(inRows ? this.#part : HASHES, rows)
    const nextGroups = this.#groups.write(inRows ? HASHES : this.#part - HASHES, groups)
    const endsRound = !inRows && nextGroups === HASHES
    this.#part = inRows ? nextRows : endsRound ? 0 : HASHES + nextGroups
    out.number(this.#part)
    // Groups come first: rows refer to them.
    out.bytes(groups.written, 0, groups.length)
    out.bytes(rows.written, 0, rows.length)
    return { bytes: out.copy(), endsRound }
  }

  restore(bytes: Uint8Array): void {
    const from = new StateReader(bytes)
    const { watermark, revision } = readHead(from, this.#definition.id)
    this.#watermark = watermark
    this.#revision = revision
    this.#part = from.number()
    for (const store of [this.#groups, this.#rows]) {
      const part = new StateReader(from.bytes())
      while (!part.isAtEnd) store.read(part)
    }
    this.#counted.reserve(this.#groups.table.top)
  }

  get #bytes(): number {
    return this.#columns.reduce((sum, { bytes, ownBytes }) => sum + bytes + ownBytes, this.#rows.bytes + this.#groups.bytes)
  }

  /** Takes the row of a key, if one stands, out of its group. */
  #leave(place: number, at: number, left: Left[]): void {
    const row = this.#standing.get(place)
    if (row === null) return
    const group = this.#standing.groupOf(place)
    this.#standing.remove(place)
    this.#groups.touch(group, at)
    if (!this.#givesBack) this.#counted.set(group, 0)
    else if (this.#counted.get(group) === COUNTED) left.push({ ...row, group })
  }

  /** Takes rows that left their groups out of the accumulators. Where one cannot be taken out, the group has to be counted anew. */
  #takeBack(left: readonly Left[]): void {
    if (left.length === 0) return
    const batch = this.#batchOf(left)
    const removers = this.#columns.map((column) => column.remover?.(batch))
    for (const [row, { group }] of left.entries()) for (const remove of removers) if (!remove?.(row, group)) this.#counted.set(group, 0)
  }

  /** Returns the place of the group with a key, to which a row is added. */
  #groupAt(key: StateWriter, at: number): number {
    const group = this.#groups.intern(key.written, key.length)
    this.#counted.reserve(group)
    this.#groups.touch(group, at)
    return group
  }

  #emit(group: number): void {
    const isEmpty = this.#standing.isEmpty(group)
    if (!isEmpty && this.#counted.get(group) !== COUNTED) this.#count(group)
    const values = keyValues(this.#groups.table.keyAt(group), this.#fields)
    const results = this.#columns.map((column) => (isEmpty ? null : column.result(group)))
    values.push(...results, new Date(this.#groups.lastOf(group)), this.#revision, isEmpty)
    this.#output.add(values, this.#watermark)
  }

  /** Counts the rows of a group anew. */
  #count(group: number): void {
    for (const column of this.#columns) column.begin(group)
    for (const some of this.#standing.rowsOf(group, MOST)) {
      adderOf(this.#columns, this.#batchOf(some))(Int32Array.from(some.keys()), new Int32Array(some.length).fill(group), some.length)
    }
    this.#counted.set(group, COUNTED)
  }

  #batchOf(rows: readonly Standing[]): Batch<unknown> {
    return this.#texts.read(
      rows.map(({ text }) => text),
      rows.map(({ position }) => position),
    )
  }
}
