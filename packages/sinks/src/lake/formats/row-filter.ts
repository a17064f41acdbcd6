import { type Batch, type Field, TicketsError } from '@tickets/core'
import { locate, pathReaders, valueAt } from '@tickets/core/internal'

/** Which rows are meant: those that have one of these values, as texts, in each of these columns. A path names a member of nested objects. */
export type RowFilter = ReadonlyMap<string, ReadonlySet<string>>

/** What a filter finds in a file. */
export interface Matches {
  readonly rows: number
  /** The columns of the filter that the file has. */
  readonly known: ReadonlySet<string>
  /** All its columns. */
  readonly columns: readonly string[]
}

type Row = Record<string, unknown>

/** Kinds whose values are one text. */
const single = new Set<Field['kind']>(['string', 'enum', 'number', 'integer', 'int32', 'boolean', 'instant', 'date', 'decimal'])

/** Returns a value as the text that a filter compares; null for what is no single value. */
export function filterText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : null
}

/** Returns the columns of a filter that an object has, whatever their values. */
export const knownIn = (row: Row, filter: RowFilter): readonly string[] => [...filter.keys()].filter((path) => valueAt(row, path) !== undefined)

/** Returns whether an object that was read from JSON, or the cells of a line by their columns, is one of the rows. */
export const isMatch = (row: Row, filter: RowFilter): boolean =>
  [...filter].every(([path, values]) => values.has(filterText(valueAt(row, path)) ?? ''))

/**
 * Returns the column or member at a path of some columns; undefined where there is none.
 *
 * @throws `OPTION_INVALID` where it holds no single values
 */
function fieldAt(fields: readonly Field[], path: string): Field | undefined {
  const found = locate(fields, path)?.field
  if (found && !single.has(found.kind))
    throw new TicketsError(
      'OPTION_INVALID',
      `"${path}" is of kind ${found.kind}: rows are found by columns of single values, such as text or numbers`,
    )
  return found
}

/** Returns for a batch whether a row is one of those that are meant; null where it lacks a column, so that none is. */
function matcher(batch: Batch<Row>, filter: RowFilter): ((i: number) => boolean) | null {
  const paths = [...filter.keys()]
  if (paths.some((path) => !fieldAt(batch.schema.fields, path))) return null
  const readers = pathReaders(batch, paths)
  const conditions = [...filter.values()].map((values, at) => {
    const { read } = readers[at] as (typeof readers)[number]
    return (i: number) => values.has(filterText(read(i)) ?? '')
  })
  return (i) => conditions.every((holds) => holds(i))
}

/** Returns which rows of a batch stay when those of a filter go. */
export const keepOthers =
  (filter: RowFilter): ((batch: Batch<Row>) => Int32Array | null) =>
  (batch) => {
    const isOne = matcher(batch, filter)
    if (!isOne) return null
    const rows = Int32Array.from({ length: batch.length }, (_, i) => i).filter((i) => !isOne(i))
    return rows.length === batch.length ? null : rows
  }

/** Finds rows in a file whose columns are known, reading those of the filter alone. */
export async function matchesIn(
  fields: readonly Field[],
  batches: (columns: readonly string[]) => AsyncIterable<Batch<Row>>,
  filter: RowFilter,
): Promise<Matches> {
  const columns = fields.map(({ name }) => name)
  const known = new Set([...filter.keys()].filter((path) => fieldAt(fields, path)))
  if (known.size < filter.size) return { rows: 0, known, columns }
  const read = [...new Set([...filter.keys()].map((path) => columns[locate(fields, path)?.places[0] ?? 0] as string))]
  const keep = keepOthers(filter)
  let rows = 0
  for await (const batch of batches(read)) rows += batch.length - (keep(batch)?.length ?? batch.length)
  return { rows, known, columns }
}
