import { valueIn } from '../base/own-names.ts'
import type { Field, VariantMember } from './field.ts'
import { type ColumnStore, type Cut, enlarge, keep, type Store, TextStore } from './stores.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** Structs: a column for each member. */
export class StructStore implements Store {
  readonly children: readonly ColumnStore[]
  readonly #names: readonly string[]
  /** By the value of the discriminator: for each child whether that variant has it, and how. */
  readonly #variants: ReadonlyMap<unknown, readonly (VariantMember | undefined)[]> | null

  constructor({ children: fields = [], variants }: Field, children: readonly ColumnStore[]) {
    this.children = children
    this.#names = fields.map(({ name }) => name)
    this.#variants = variants
      ? new Map(fields[0]?.values.map((value, code) => [value, fields.map(({ name }) => variants[code]?.find((member) => member.name === name))]))
      : null
  }

  reserve(rows: number): void {
    for (const child of this.children) child.reserve(rows)
  }

  set(row: number, value: unknown): boolean {
    if (!isObject(value)) return false
    const members = this.#variants?.get(valueIn(value, this.#names[0] as string))
    if (this.#variants && !members) return false
    for (let c = 0; c < this.children.length; c++) {
      const child = this.children[c] as ColumnStore
      const member = valueIn(value, this.#names[c] as string)
      if (!members || c === 0) {
        if (!child.set(row, member)) return false
      } else if (members[c] === undefined) child.miss(row)
      else if (!fits(members[c] as VariantMember, member) || !child.set(row, member)) return false
    }
    return true
  }

  clear(row: number): void {
    for (const child of this.children) child.miss(row)
  }

  cut(rows: number): Cut {
    return { children: this.children.map((child) => child.cut(rows)) }
  }
}

/** Returns whether a member may be without a value, where it has none. */
const fits = ({ optional, nullable }: VariantMember, value: unknown) => (value === undefined ? optional : value !== null || nullable)

/** Lists: the elements of all rows end to end in one column. Those behind the last row's end are free. */
export class ListStore implements Store {
  offsets = new Int32Array(65)
  readonly element: ColumnStore
  #room = 0

  constructor(element: ColumnStore) {
    this.element = element
  }

  reserve(rows: number): void {
    if (rows + 1 > this.offsets.length) this.offsets = enlarge(this.offsets, Math.max(rows + 1, this.offsets.length * 2))
  }

  /** Makes room for so many elements of all rows. */
  room(elements: number): void {
    if (elements <= this.#room) return
    this.#room = Math.max(elements, this.#room * 2, 64)
    this.element.reserve(this.#room)
  }

  set(row: number, value: unknown): boolean {
    if (!Array.isArray(value)) return false
    const from = this.offsets[row] as number
    this.room(from + value.length)
    for (let i = 0; i < value.length; i++) if (!this.element.set(from + i, value[i])) return false
    this.offsets[row + 1] = from + value.length
    return true
  }

  clear(row: number): void {
    this.offsets[row + 1] = this.offsets[row] as number
  }

  cut(rows: number): Cut {
    const offsets = this.offsets.slice(0, rows + 1)
    const children = [this.element.cut(offsets[rows] as number)]
    this.#room = 0
    if (!keep(this.offsets)) this.offsets = new Int32Array(65)
    return { offsets, children }
  }
}

/** Maps: keys and values of all rows end to end in two columns. */
export class MapStore implements Store {
  readonly keys = new TextStore()
  readonly #values: ListStore

  constructor(value: ColumnStore) {
    this.#values = new ListStore(value)
  }

  reserve(rows: number): void {
    this.#values.reserve(rows)
  }

  set(row: number, value: unknown): boolean {
    if (!isObject(value)) return false
    const entries = Object.entries(value)
    const from = this.#values.offsets[row] as number
    this.keys.reserve(from + entries.length)
    return (
      entries.every(([key], i) => this.keys.set(from + i, key)) &&
      this.#values.set(
        row,
        entries.map(([, item]) => item),
      )
    )
  }

  clear(row: number): void {
    this.#values.clear(row)
  }

  cut(rows: number): Cut {
    const { offsets, children = [] } = this.#values.cut(rows)
    return { offsets, children: [{ ...this.keys.cut(offsets?.[rows] ?? 0), bits: null, nulls: 0 }, ...children] }
  }
}
