import { type Data, makeData } from 'apache-arrow'
import { TicketsError } from '../base/errors.ts'
import type { Field } from '../store/field.ts'
import { type Batch, internals } from './batch.ts'
import { validityOf, valueReader } from './columns.ts'
import { missingColumn } from './missing-column.ts'
import type { ColumnReader } from './record-batch.ts'

/** What is named in a row: a column, or a member of nested objects by its path, such as `user.country`. */
export interface Located {
  /** Named by its path. It may be null where an object on the way to it may be missing. */
  readonly field: Field
  /** Where it lies: the column's place, then that of each member. */
  readonly places: readonly number[]
}

const known = new WeakMap<readonly Field[], Map<string, Located | null>>()

/**
 * Returns the column of this name, or the member of nested objects at this path; null where there is neither. A column whose own name has dots comes
 * before a path.
 */
export function locate(fields: readonly Field[], path: string): Located | null {
  const found = known.get(fields) ?? new Map<string, Located | null>()
  known.set(fields, found)
  let located = found.get(path)
  if (located === undefined) {
    located = search(fields, path)
    found.set(path, located)
  }
  return located
}

function search(fields: readonly Field[], path: string): Located | null {
  const at = fields.findIndex(({ name }) => name === path)
  if (at >= 0) return { field: fields[at] as Field, places: [at] }
  for (const [place, { name, kind, children = [], optional, nullable }] of fields.entries()) {
    if (kind !== 'struct' || !path.startsWith(`${name}.`)) continue
    const inner = search(children, path.slice(name.length + 1))
    if (!inner) continue
    const field = { ...inner.field, name: path, nullable: inner.field.nullable || optional || nullable }
    return { field, places: [place, ...inner.places] }
  }
  return null
}

/** Returns the values at a place as a column: null where an object on the way is missing. */
export function columnAt(batch: Batch<unknown>, places: readonly number[]): Data {
  const [first = 0, ...rest] = places
  const way: Data[] = [internals.column(batch, first) as Data]
  for (const place of rest) way.push(way.at(-1)?.children[place] as Data)
  const data = way.at(-1) as Data
  const above = way.slice(0, -1).filter(({ nullCount }) => nullCount > 0)
  if (above.length === 0) return data
  const all = [data, ...above].map(validityOf)
  const { length, offset } = data
  // Bits begin where those of the values do.
  const nullBitmap = new Uint8Array((offset + length + 7) >> 3)
  let nullCount = 0
  for (let i = 0; i < length; i++) {
    if (all.every((isValid) => isValid(i))) nullBitmap[(offset + i) >> 3] = (nullBitmap[(offset + i) >> 3] as number) | (1 << ((offset + i) & 7))
    else nullCount++
  }
  const { type, values, valueOffsets, dictionary, children } = data
  return makeData({ type, length, offset, nullCount, nullBitmap, data: values, valueOffsets, dictionary, children } as never)
}

/** Returns a reader for each path, as `columnReaders` does for each column. Throws `OPTION_INVALID` where the batch has none. */
export function pathReaders(batch: Batch<unknown>, paths: readonly string[]): readonly ColumnReader[] {
  return paths.map((path) => {
    const located = locate(batch.schema.fields, path)
    if (!located) throw new TicketsError('OPTION_INVALID', `${batch.schema.name} has no column "${path}"${missingColumn(batch.schema.fields, path)}`)
    const { field, places } = located
    return { field, read: valueReader(field, columnAt(batch, places)) }
  })
}
