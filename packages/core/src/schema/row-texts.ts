import { isTicketsError, TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { Batch, internals, type Schema } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'
import { bytesOf } from '../values/bytes.ts'
import { base64Of } from '../values/json-text.ts'

/** Turns a value of a column into JSON, and back. */
interface Codec {
  write(value: unknown): Json
  read(json: Json): unknown
}

/**
 * Writes rows that are part of a task's state as texts, and reads them back as they were. They are no messages: zod's checks do not run, since a row may come
 * from an operator that runs none, and numbers that JSON does not have stay what they are.
 */
export class RowTexts<T> {
  readonly write: (row: unknown) => string
  readonly #schema: Schema<T>
  readonly #codec: Codec
  readonly #id: string

  /** @param id the operator, for errors */
  constructor(schema: Schema<T>, id: string) {
    this.#schema = schema
    this.#id = id
    this.#codec = objectCodec(schema.fields)
    this.write = (row) => JSON.stringify(this.#codec.write(row))
  }

  /**
   * Returns the rows of texts, in their order.
   *
   * @param positions where they were read; their places in the list by default
   * @throws `OPERATOR_STATE` for a row that does not fit the columns of the schema
   */
  read(texts: readonly string[], positions?: ArrayLike<number>): Batch<T> {
    const batch = this.#batchOf(texts.map((text) => this.#codec.read(JSON.parse(text) as Json) as T))
    const offsets = Float64Array.from(texts, (_, i) => positions?.[i] ?? i)
    return internals.make(this.#schema, internals.sources(batch), batch.length, { watermarks: new Float64Array(batch.length), offsets }, 'task')
  }

  #batchOf(rows: readonly T[]): Batch<T> {
    try {
      return Batch.of(this.#schema, rows)
    } catch (error) {
      if (!isTicketsError(error, 'BATCH_VALUE')) throw error
      throw new TicketsError(
        'OPERATOR_STATE',
        `"${this.#id}" has a row in the log that ${this.#schema.name} does not take any more: ${error.message}. Run the release that wrote it, or start over with a new log`,
        { cause: error },
      )
    }
  }
}

/** Returns the codec of a column; null where JSON has the value as it is. */
function codecOf({ kind, children = [] }: Field): Codec | null {
  switch (kind) {
    case 'number':
      return { write: (value) => (isInJson(value as number) ? (value as number) : Object.is(value, -0) ? '-0' : String(value)), read: Number }
    case 'instant':
      return { write: (value) => (value as Date).getTime(), read: (json) => new Date(json as number) }
    case 'bytes':
      return { write: (value) => base64Of(value as Uint8Array), read: (json) => bytesOf(json as string) }
    case 'struct':
      return objectCodec(children)
    case 'list':
    case 'map': {
      const of = codecOf(children[0] as Field)
      if (!of) return null
      const each = kind === 'list' ? inList : inMap
      return { write: each(of.write), read: each(of.read as Codec['write']) }
    }
    default:
      return null
  }
}

const isInJson = (value: number) => Number.isFinite(value) && !Object.is(value, -0)

const orNull = (convert: Codec['write']) => (value: unknown) => (value === null ? null : convert(value))
const inList = (convert: Codec['write']) => (values: unknown) => (values as unknown[]).map(orNull(convert))
const inMap = (convert: Codec['write']) => (map: unknown) =>
  Object.fromEntries(Object.entries(map as object).map(([key, value]) => [key, orNull(convert)(value)]))

function objectCodec(fields: readonly Field[]): Codec {
  const codecs = new Map(fields.map((field) => [field.name, codecOf(field)]))
  const each = (how: 'write' | 'read') => (row: unknown) =>
    Object.fromEntries(
      Object.entries(row as object).map(([name, value]) => {
        const codec = codecs.get(name)
        return [name, codec && value !== null && value !== undefined ? codec[how](value as never) : value]
      }),
    )
  return { write: each('write') as Codec['write'], read: each('read') }
}
