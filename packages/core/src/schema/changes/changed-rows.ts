import * as z from 'zod'
import { TicketsError } from '../../base/errors.ts'
import { zodShape } from '../../base/zod-definition.ts'
import { type Batch, column, type Decoded, internals, join, pick, type Schema } from '../../batch/batch.ts'
import { columnBuilder } from '../../batch/builder.ts'
import { validityOf } from '../../batch/columns.ts'
import type { DecodeOptions } from '../../batch/message.ts'
import { type Field, isComparable } from '../../store/field.ts'
import { messageTimestamp } from '../../values/message-columns.ts'
import { decodeValues, type ParsedMessage } from '../decode-values.ts'
import { makeSchema } from '../define.ts'
import { inputOf } from '../input/input.ts'

/** A row that was deleted: its key, unless that is a column of the message's key, and a message with the time. */
export interface Deletion extends Omit<ParsedMessage, 'value' | 'raw'> {
  readonly keyValue: unknown
}

/** Makes the rows of a table that follows changes: those of a schema with one more column, which says that a row is gone. */
export class ChangedRows<T> {
  /** The columns of the given schema, and that one. In rows that are gone only the key and the event time have values. */
  readonly schema: Schema<T>
  /** The name of that column. */
  readonly deleted: string
  readonly key: Field
  /** The key is a column of the message's key as it is. */
  readonly isMessageKey: boolean
  readonly #gone: Schema<unknown>

  /** @throws `OPTION_INVALID` for a key that is no column with single values, or the event time */
  constructor(schema: Schema<T>, key: string) {
    const { name, version, time, fields } = schema
    const field = fields.find((one) => one.name === key)
    if (!field || !isComparable(field.kind) || key === time)
      throw new TicketsError(
        'OPTION_INVALID',
        `the key of a table is a column with single values of ${name}, and not its event time; got ${JSON.stringify(key)}`,
      )
    let deleted = 'deleted'
    while (fields.some((one) => one.name === deleted)) deleted = `_${deleted}`
    const extended: Schema<unknown> = schema.extend(name, { [deleted]: z.boolean() })
    const type = zodShape(schema.zod)[key] as z.ZodType
    this.schema = extended as Schema<T>
    this.deleted = deleted
    this.key = field
    this.isMessageKey = inputOf(schema).parts.some((part) => part.name === key)
    this.#gone = makeSchema(z.object({ [key]: type, [time]: messageTimestamp() }), { name, version, time }, [], { name })
  }

  /** Returns rows that stand, and the positions of messages that were left out, since a row of theirs has no key. */
  standing(batch: Batch<T>): { readonly batch: Batch<T>; readonly keyless: readonly number[] } {
    const hasKey = validityOf(column(batch, this.key.name))
    const offsets = internals.metadata(batch)?.offsets ?? new Float64Array(0)
    const keyless = new Set(offsets.filter((_, row) => !hasKey(row)))
    const kept =
      keyless.size === 0
        ? batch
        : pick(
            batch,
            rowsWhere(batch.length, (row) => !keyless.has(offsets[row] as number)),
          )
    return { batch: this.#made(kept, [...internals.sources(kept), this.#flags(kept.length, false)]), keyless: [...keyless] }
  }

  /** Returns rows that are gone, and those whose key or time is invalid. Their values are not those of their messages. */
  gone(deletions: readonly Deletion[], options: DecodeOptions): Decoded<T> {
    const values = deletions.map(({ keyValue, ...message }) => ({ ...message, value: { [this.key.name]: keyValue }, raw: NO_BYTES }))
    const { batch, ...rest } = decodeValues(this.#gone, values, options)
    const columns = this.schema.fields.slice(0, -1).map((field) => {
      const at = batch.schema.fields.findIndex(({ name }) => name === field.name)
      return internals.column(batch, at) ?? emptyColumn(field, batch.length)
    })
    return { ...rest, batch: this.#made(batch, [...columns, this.#flags(batch.length, true)]) }
  }

  /** Returns both in the order of their messages. */
  merged(standing: Batch<T>, gone: Batch<T>): Batch<T> {
    if (gone.length === 0) return standing
    if (standing.length === 0) return gone
    const all = join([standing, gone])
    const offsets = internals.metadata(all)?.offsets as Float64Array
    return pick(
      all,
      rowsWhere(all.length, () => true).sort((a, b) => (offsets[a] as number) - (offsets[b] as number) || a - b),
    )
  }

  #made(from: Batch<unknown>, columns: Parameters<typeof internals.make>[1]): Batch<T> {
    return internals.make(this.schema, columns, from.length, internals.metadata(from), internals.origin(from))
  }

  #flags(rows: number, isDeleted: boolean) {
    const builder = columnBuilder(this.schema.fields.at(-1) as Field)
    builder.reserve(rows)
    for (let row = 0; row < rows; row++) builder.set(row, isDeleted)
    return builder.finish(rows)
  }
}

const rowsWhere = (length: number, keeps: (row: number) => boolean) => Int32Array.from(Array.from({ length }, (_, row) => row).filter(keeps))

const NO_BYTES = new Uint8Array(0)

/** Returns a column without a value in any row, whether its type allows that or not: nobody looks at the rest of a row that is gone. */
function emptyColumn(field: Field, rows: number) {
  const builder = columnBuilder({ ...field, optional: false, nullable: true })
  for (let row = 0; row < rows; row++) builder.add(null)
  return builder.finish()
}
