import { type Batch, column } from '../batch/batch.ts'
import { isValid, membersOf, valueReader } from '../batch/columns.ts'
import type { Json } from '../pipeline/source.ts'
import type { Field } from '../schema/schema.ts'

/** The key of each row of a batch: an id that is equal for equal keys within one engine, and the key's values by id. */
export interface KeyReader {
  idOf(i: number): number
}

const jsonOf = (value: unknown): Json => (value === undefined ? null : value instanceof Date ? value.getTime() : (value as Json))

/** Gives small numbers to the keys that rows have in some columns, the same number for the same key for ever. */
export class Keys {
  readonly #by: readonly string[]
  readonly #ids = new Map<string | number, number>()
  readonly #values: Json[][] = []

  constructor(by: readonly string[]) {
    this.#by = by
  }

  /** The values of key `id`, in the order of the columns; instants as epoch milliseconds. */
  values(id: number): readonly Json[] {
    return this.#values[id] as Json[]
  }

  /** The id of these values. */
  intern(values: readonly Json[]): number {
    return this.#id(values.length === 1 && typeof values[0] === 'string' ? values[0] : `\u0000${JSON.stringify(values)}`, () => [...values])
  }

  #id(name: string | number, values: () => Json[]): number {
    let id = this.#ids.get(name)
    if (id === undefined) {
      id = this.#values.length
      this.#ids.set(name, id)
      this.#values.push(values())
    }
    return id
  }

  reader(batch: Batch<unknown>): KeyReader {
    const [only, ...more] = this.#by
    if (only === undefined) {
      const id = this.intern([])
      return { idOf: () => id }
    }
    const fieldOf = (name: string) => batch.schema.fields.find((f) => f.name === name) as Field
    const field = fieldOf(only)
    const data = column(batch, only)
    if (more.length === 0 && field.kind === 'enum') {
      // An enum's codes are few: one lookup a member, none a row.
      const ids = membersOf(data).map((name) => this.intern([name]))
      const none = this.intern([null])
      const codes = data.values as Int8Array
      return { idOf: (i) => (isValid(data, i) ? (ids[codes[i] as number] as number) : none) }
    }
    const readers = this.#by.map((name) => valueReader(fieldOf(name), column(batch, name)))
    return { idOf: (i) => this.intern(readers.map((read) => jsonOf(read(i)))) }
  }
}
