import { type Batch, type Field, type Path, type Schema, TicketsError } from '@tickets/core'
import { bitAt, type ColumnData, columnAt, numberAt, validAt } from './column.ts'
import { locatedAt } from './resolve.ts'

/** A column to sort by. */
export interface SortColumn<C extends string = string> {
  readonly column: C
  /** The largest first; false by default. Rows without a value come last either way. */
  readonly descending?: boolean
}

/** What rows are sorted by within a file: a column, or several, the most important first. */
export type SortBy<T = unknown> = (unknown extends T ? string : Path<T>) | readonly SortColumn<unknown extends T ? string : Path<T>>[]

/** Returns `sortBy` as a list of columns. */
export const sortColumns = (sortBy: SortBy): readonly SortColumn[] => (typeof sortBy === 'string' ? [{ column: sortBy }] : sortBy)

/** Throws `OPTION_INVALID` where a column to sort by is not there. */
export function checkSort(sortBy: SortBy, schema: Schema<unknown>): void {
  for (const { column } of sortColumns(sortBy)) {
    const { kind } = locatedAt(schema, column, 'sortBy').field
    if (['json', 'bytes', 'struct', 'list', 'map'].includes(kind))
      throw new TicketsError('OPTION_INVALID', `sortBy: "${column}" is of kind ${kind}, which has no order: sort by a column of single values`)
  }
}

/** Throws `OPTION_INVALID` for what is no `sortBy`, before any schema is known. */
export function checkSortShape(sortBy: SortBy): void {
  const good = Array.isArray(sortBy) ? sortBy.length > 0 && sortBy.every((by) => typeof by?.column === 'string') : typeof sortBy === 'string'
  if (!good) throw new TicketsError('OPTION_INVALID', `sortBy is a column or a list of { column, descending }, got ${JSON.stringify(sortBy)}`)
}

type Compare = (a: number, b: number) => number

/** By numbers read once: a comparison is two looks into an array. Not a difference, which between infinities is no number. */
function byKeys(length: number, key: (row: number) => number): Compare {
  const keys = new Float64Array(length)
  for (let row = 0; row < length; row++) keys[row] = key(row)
  return (a, b) => {
    const [left, right] = [keys[a] as number, keys[b] as number]
    return left < right ? -1 : left > right ? 1 : 0
  }
}

/** So many bytes are a whole number that a double holds. */
const PREFIX = 6

/** UTF-8 sorts as its code points do, and as the min and max of Parquet files. Most texts differ in their first bytes, which are compared as one number. */
function byBytes({ valueOffsets, values }: ColumnData, length: number): Compare {
  const offsets = valueOffsets as Int32Array
  const bytes = values as Uint8Array
  const byPrefix = byKeys(length, (row) => {
    const [from, to] = [offsets[row] as number, offsets[row + 1] as number]
    let key = 0
    for (let k = 0; k < PREFIX; k++) key = key * 256 + (from + k < to ? (bytes[from + k] as number) : 0)
    return key
  })
  return (a, b) => {
    const first = byPrefix(a, b)
    if (first !== 0) return first
    const [from, at] = [offsets[a] as number, offsets[b] as number]
    const [size, other] = [(offsets[a + 1] as number) - from, (offsets[b + 1] as number) - at]
    for (let k = PREFIX, end = Math.min(size, other); k < end; k++) {
      const difference = (bytes[from + k] as number) - (bytes[at + k] as number)
      if (difference !== 0) return difference
    }
    return size - other
  }
}

/** Members of an enum as the texts that they are in files. */
function byMember(field: Field, data: ColumnData, length: number): Compare {
  const encoded = field.values.map((member) => Buffer.from(member))
  const sorted = [...encoded.keys()].sort((a, b) => Buffer.compare(encoded[a] as Buffer, encoded[b] as Buffer))
  const rank = new Int32Array(sorted.length)
  sorted.forEach((code, i) => {
    rank[code] = i
  })
  const codes = data.values as Int8Array
  return byKeys(length, (row) => rank[codes[row] as number] as number)
}

/** Decimals by their four words, the highest with its sign first. */
function byWords(data: ColumnData): Compare {
  const words = data.values as Uint32Array
  return (a, b) => {
    for (let k = 3; k >= 0; k--) {
      const [left, right] = [words[a * 4 + k] as number, words[b * 4 + k] as number]
      if (left !== right) return (k === 3 ? (left | 0) < (right | 0) : left < right) ? -1 : 1
    }
    return 0
  }
}

function compareColumn(field: Field, data: ColumnData, length: number): Compare {
  switch (field.kind) {
    case 'string':
      return byBytes(data, length)
    case 'enum':
      return byMember(field, data, length)
    case 'boolean': {
      const bit = bitAt(data)
      return byKeys(length, (row) => Number(bit(row)))
    }
    case 'decimal':
      return byWords(data)
    default:
      return byKeys(length, numberAt(data))
  }
}

/** How two rows of a batch compare; 0 where they are equal in all columns. */
function comparison(batch: Batch<unknown>, sortBy: SortBy): Compare {
  const compares = sortColumns(sortBy).map(({ column, descending = false }): Compare => {
    const { field, places } = locatedAt(batch.schema, column, 'sortBy')
    const data = columnAt(batch, places)
    const compare = compareColumn(field, data, batch.length)
    const sign = descending ? -1 : 1
    if (data.nullCount <= 0) return descending ? (a, b) => -compare(a, b) : compare
    const valid = validAt(data)
    return (a, b) => {
      const [left, right] = [valid(a), valid(b)]
      return left && right ? sign * compare(a, b) : Number(right) - Number(left)
    }
  })
  const [first, ...rest] = compares
  if (!first) return () => 0
  if (rest.length === 0) return first
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b)
      if (order !== 0) return order
    }
    return 0
  }
}

/**
 * Gives a function that puts row numbers of a batch in order, the array that it gets: stable, nulls last. Rows that are in order already, as times nearly always are,
 * cost one look each.
 */
export function sorter(batch: Batch<unknown>, sortBy: SortBy): (rows: Int32Array) => Int32Array {
  const compare = comparison(batch, sortBy)
  return (rows) => {
    let i = 1
    while (i < rows.length && compare(rows[i - 1] as number, rows[i] as number) <= 0) i++
    return i >= rows.length ? rows : rows.sort((a, b) => compare(a, b) || a - b)
  }
}
