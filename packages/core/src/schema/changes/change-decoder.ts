import type { Json } from '../../base/json.ts'
import type { Decoded, Schema } from '../../batch/batch.ts'
import type { DecodeOptions, Slices } from '../../batch/message.ts'
import { ChangedRows } from './changed-rows.ts'
import { rejectedMessages } from './picked-messages.ts'
import { type ChangeForm, type LastDelete, SortedChanges } from './sorted-changes.ts'

/** How changes are decoded. */
export interface ChangeOptions {
  /** The column of the table's key. */
  readonly key: string
  /** How values are wrapped; null: a value is a row. */
  readonly envelope: 'debezium' | null
}

/** Decodes rows that stand as `Schema.decodeSlices` does; on another thread, maybe. */
export type DecodeRows<T> = (slices: Slices, options?: DecodeOptions) => Decoded<T> | Promise<Decoded<T>>

/** What was decoded, and what the decoder has to know to continue. */
export type DecodedChanges<T> = Decoded<T> & { readonly memory?: Json }

/**
 * Decodes the messages of a topic that says how a table changes: rows, and tombstones or Debezium's events.
 *
 * @example
 * new ChangeDecoder(Plan, { key: 'client_id', envelope: null }, Plan.decodeSlices).partition(undefined)(tombstones, {}) // rows with deleted: true
 */
export class ChangeDecoder<T> {
  readonly rows: ChangedRows<T>
  readonly #name: string
  readonly #form: ChangeForm
  readonly #decodeRows: DecodeRows<T>

  /** @throws `OPTION_INVALID` for a key that is no column with single values, or the event time */
  constructor(schema: Schema<T>, { key, envelope }: ChangeOptions, decodeRows: DecodeRows<T>) {
    this.rows = new ChangedRows(schema, key)
    this.#name = schema.name
    this.#form = {
      isDebezium: envelope === 'debezium',
      key: this.rows.isMessageKey ? null : this.rows.key,
      needsTime: schema.needs.includes('timestamp'),
    }
    this.#decodeRows = decodeRows
  }

  /** Returns what decodes the messages of one partition, one piece after the other, from where `memory` was noted. */
  partition(memory: Json | undefined): (slices: Slices, options?: DecodeOptions) => DecodedChanges<T> | Promise<DecodedChanges<T>> {
    let last = (memory ?? null) as LastDelete | null
    return (slices, options = {}) => {
      const sorted = new SortedChanges(slices, this.#form, last)
      last = sorted.last
      const noted = sorted.last ? { memory: sorted.last } : {}
      const finish = (standing: Decoded<T>) => ({ ...this.#put(slices, sorted, standing, options), ...noted })
      const standing = this.#decodeRows(sorted.standing.of(slices), options)
      return standing instanceof Promise ? standing.then(finish) : finish(standing)
    }
  }

  #put(slices: Slices, { gone, wrong }: SortedChanges, standing: Decoded<T>, options: DecodeOptions): Decoded<T> {
    const reasons = new Map(wrong)
    const deletions = gone.flatMap(({ at, time, key }) => {
      const offset = slices.offsets[at] as number
      if ('value' in key)
        return [{ keyValue: key.value, offset, key: slices.keyOf?.(at) ?? null, ...(Number.isNaN(time) ? {} : { timestamp: time }) }]
      reasons.set(offset, `not a deletion of ${this.#name}: ${key.issue}`)
      return []
    })
    const removed = this.rows.gone(deletions, options)
    const { batch, keyless } = this.rows.standing(standing.batch)
    for (const offset of keyless) reasons.set(offset, `not a row of a table: its key "${this.rows.key.name}" is null`)
    return {
      batch: this.rows.merged(batch, removed.batch),
      rejected: rejectedMessages(slices, [...standing.rejected, ...removed.rejected], reasons),
      unmapped: standing.unmapped,
    }
  }
}
