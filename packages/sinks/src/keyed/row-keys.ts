import type { Comparable, Comparables } from '@tickets/core/arrow'

/** Columns whose values are the same in all rows of a file, since they stand in its path. */
export type Constants = ReadonlyMap<string, Comparable>

/** Reads one column of some rows: null where they have no such column. */
export function comparableIn(rows: Comparables, name: string, constants?: Constants): (i: number) => Comparable {
  const constant = constants?.get(name)
  if (constant !== undefined) return () => constant
  return rows.column(name) ?? (() => null)
}

const emptyAsNull = (value: Comparable): Comparable => (value === '' ? null : value)

/**
 * Returns a reader of the key of each row, as a text that is the same for rows of one key. Null is a value like any other, and in the columns of
 * `emptyIsNull` the empty text is null.
 */
export function keyReader(
  rows: Comparables,
  columns: readonly string[],
  constants?: Constants,
  emptyIsNull?: ReadonlySet<string>,
): (i: number) => string {
  const parts = columns.map((name) => {
    const read = comparableIn(rows, name, constants)
    return emptyIsNull?.has(name) ? (i: number) => emptyAsNull(read(i)) : read
  })
  // Two columns cannot be mistaken for one: each value is JSON of its own.
  return (i) => JSON.stringify(parts.map((part) => part(i)))
}
