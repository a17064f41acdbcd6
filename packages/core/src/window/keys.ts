import { type Batch, column } from '../batch/batch.ts'
import { isValid, membersOf, valueReader } from '../batch/columns.ts'
import type { Json } from '../pipeline/source.ts'
import type { Field } from '../schema/schema.ts'

/** The key of each row of a batch: an id that is equal for equal keys within one engine, and the key's values by id. */
export interface KeyReader {
  idOf(i: number): number
}

const jsonOf = (value: unknown): Json => (value === undefined ? null : value instanceof Date ? value.getTime() : (value as Json))

/** One text is its own name, unless it looks like one of ours. */
const nameOf = (values: readonly Json[]): string => {
  const [only] = values
  return values.length === 1 && typeof only === 'string' && only.charCodeAt(0) !== 0 ? only : `\u0000${JSON.stringify(values)}`
}

/** Gives small numbers to the keys that rows have in some columns, the same number for the same key until it is released. */
export class Keys {
  readonly #by: readonly string[]
  readonly #ids = new Map<string, number>()
  readonly #values: (readonly Json[] | undefined)[] = []
  readonly #free: number[] = []

  constructor(by: readonly string[]) {
    this.#by = by
  }

  /** The values of key `id`, in the order of the columns; instants as epoch milliseconds. */
  values(id: number): readonly Json[] {
    return this.#values[id] as readonly Json[]
  }

  /** The id of these values. */
  intern(values: readonly Json[]): number {
    const name = nameOf(values)
    let id = this.#ids.get(name)
    if (id === undefined) {
      id = this.#free.pop() ?? this.#values.length
      this.#ids.set(name, id)
      this.#values[id] = [...values]
    }
    return id
  }

  /** Forgets a key; its number goes to another one. Readers made before must not be used after. */
  release(id: number): void {
    const values = this.#values[id]
    if (!values) return
    this.#ids.delete(nameOf(values))
    this.#values[id] = undefined
    this.#free.push(id)
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
      const members = membersOf(data)
      const ids: (number | undefined)[] = []
      const codes = data.values as Int8Array
      return {
        idOf: (i) => {
          const code = isValid(data, i) ? (codes[i] as number) : members.length
          ids[code] ??= this.intern([members[code] ?? null])
          return ids[code] as number
        },
      }
    }
    const readers = this.#by.map((name) => valueReader(fieldOf(name), column(batch, name)))
    return { idOf: (i) => this.intern(readers.map((read) => jsonOf(read(i)))) }
  }
}
