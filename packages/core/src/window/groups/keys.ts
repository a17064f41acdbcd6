import { compareTexts, sortTexts } from '../../base/compare-texts.ts'
import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { type Batch, column } from '../../batch/batch.ts'
import { membersOf, validityOf, valueReader } from '../../batch/columns.ts'
import { columnAt, locate } from '../../batch/paths.ts'
import { type Field, isComparable } from '../../store/field.ts'

/** The key of each row of a batch: an id that is equal for equal keys within one engine, and the key's values by id. */
export interface KeyReader {
  idOf(i: number): number
}

const jsonOf = (value: unknown): Json => (value === undefined ? null : value instanceof Date ? value.getTime() : (value as Json))

/** Returns whether a value is a text that serves as its own name: it does not begin like the names made here. */
const isName = (value: unknown): value is string => typeof value === 'string' && value.charCodeAt(0) !== 0

const nameOf = (values: readonly Json[]): string => (values.length === 1 && isName(values[0]) ? values[0] : `\u0000${JSON.stringify(values)}`)

/** A column that rows are grouped by. */
export interface Group {
  readonly field: Field
  readonly data: ReturnType<typeof column>
}

/** Returns the column of this name, or the member of nested objects at this path. Throws `OPTION_INVALID` where its values are no single values. */
export function groupable(batch: Batch<unknown>, name: string): Group {
  const located = locate(batch.schema.fields, name)
  // Throws with the names that there are.
  if (!located) return { field: batch.schema.fields[0] as Field, data: column(batch, name) }
  const { field, places } = located
  if (isComparable(field.kind)) return { field, data: columnAt(batch, places) }
  throw new TicketsError(
    'OPTION_INVALID',
    `rows cannot be grouped by "${name}", which is of kind ${field.kind}: make a column of one of its values with mapRows`,
  )
}

/** Characters that JSON escapes, or that sort before the quotation mark that ends a text in JSON. */
const unlikeJson = /[^#-[\]-\ud7ff\ue000-\uffff]/

/** Numbers the keys that rows have in some columns: equal keys have the same small number until it is released. */
export class Keys {
  readonly #by: readonly string[]
  readonly #ids = new Map<string, number>()
  /** By id; one text is kept as it is, without a list around it. */
  readonly #values: (readonly Json[] | string | undefined)[] = []
  readonly #free: number[] = []

  constructor(by: readonly string[]) {
    this.#by = by
  }

  /** Returns the values of key `id`, in the order of the columns; instants as epoch milliseconds. */
  values(id: number): readonly Json[] {
    const values = this.#values[id]
    return typeof values === 'string' ? [values] : (values as readonly Json[])
  }

  /** Returns the id of these values. */
  intern(values: readonly Json[]): number {
    const name = nameOf(values)
    return this.#ids.get(name) ?? this.#put(name, name === values[0] ? name : [...values])
  }

  /** Returns these ids in the order of their values as JSON text. */
  ordered(ids: readonly number[]): number[] {
    const texts: string[] = []
    for (const id of ids) {
      const values = this.#values[id]
      if (typeof values === 'string' && !unlikeJson.test(values)) texts.push(values)
      else break
    }
    // Texts alone are sorted three times as fast as by a function.
    if (texts.length === ids.length) return sortTexts(texts).map((text) => this.#ids.get(text) as number)
    const json = new Map(ids.map((id) => [id, JSON.stringify(this.values(id))]))
    return [...ids].sort((a, b) => compareTexts(json.get(a) as string, json.get(b) as string))
  }

  /** Forgets a key; another key may get its number. Readers made before it are invalid after it. */
  release(id: number): void {
    const values = this.#values[id]
    if (values === undefined) return
    this.#ids.delete(typeof values === 'string' ? values : nameOf(values))
    this.#values[id] = undefined
    this.#free.push(id)
  }

  reader(batch: Batch<unknown>): KeyReader {
    const [only, ...more] = this.#by
    if (only === undefined) {
      const id = this.intern([])
      return { idOf: () => id }
    }
    const [{ field, data }, ...others] = this.#by.map((name) => groupable(batch, name)) as [Group, ...Group[]]
    if (more.length === 0 && field.kind === 'enum') {
      // An enum has few codes: one lookup for each member, none for each row.
      const members = membersOf(data)
      const ids: (number | undefined)[] = []
      const codes = data.values as Int8Array
      const isValid = validityOf(data)
      return {
        idOf: (i) => {
          const code = isValid(i) ? (codes[i] as number) : members.length
          ids[code] ??= this.intern([members[code] ?? null])
          return ids[code] as number
        },
      }
    }
    if (more.length === 0) {
      const read = valueReader(field, data)
      return {
        idOf: (i) => {
          const value = read(i)
          return isName(value) ? (this.#ids.get(value) ?? this.#put(value, value)) : this.intern([jsonOf(value)])
        },
      }
    }
    const readers = [{ field, data }, ...others].map((group) => valueReader(group.field, group.data))
    return { idOf: (i) => this.intern(readers.map((read) => jsonOf(read(i)))) }
  }

  #put(name: string, values: readonly Json[] | string): number {
    const id = this.#free.pop() ?? this.#values.length
    this.#ids.set(name, id)
    this.#values[id] = values
    return id
  }
}
