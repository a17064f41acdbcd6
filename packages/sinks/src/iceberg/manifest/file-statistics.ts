import { readFooter } from '../../delta/parquet-reader.ts'
import { ceilingOf, floorOf } from '../../delta/statistics.ts'
import { boundOf, isBefore } from '../spec/bounds.ts'
import type { IcebergType, StructType } from '../spec/metadata.ts'

/** A number, or bytes in base64, by the id of a column. */
type ById<T> = { readonly [id: string]: T }

/** What a manifest says of a file, as JSON: the record of a range keeps it until its commit. */
export interface FileStatistics {
  /** The table whose ids these are. */
  readonly table: string
  /** The spec by which the file was divided from others. */
  readonly spec: number
  readonly sizes: ById<number>
  readonly values: ById<number>
  readonly nulls: ById<number>
  readonly lower: ById<string>
  readonly upper: ById<string>
  /** Where row groups begin. */
  readonly splits: readonly number[]
}

/** Returns the types of columns that are plain and in no list or map, by their ids. */
function plainTypes({ fields }: StructType): Map<number, IcebergType> {
  return new Map(
    fields.flatMap(({ id, type }): [number, IcebergType][] => {
      if (typeof type === 'string') return [[id, type]]
      return type.type === 'struct' ? [...plainTypes(type)] : []
    }),
  )
}

/** Returns the ids of the columns of values that a file has, by their paths as JSON. */
function leafIds(elements: Awaited<ReturnType<typeof readFooter>>['schema']): Map<string, number> {
  const ids = new Map<string, number>()
  let at = 0
  const visit = (path: readonly string[]) => {
    const element = elements[at++]
    if (!element) return
    const own = at === 1 ? [] : [...path, element.name]
    for (let child = 0; child < (element.num_children ?? 0); child++) visit(own)
    if (!element.num_children && element.field_id !== undefined) ids.set(JSON.stringify(own), element.field_id)
  }
  visit([])
  return ids
}

class ColumnStatistics {
  size = 0
  values = 0
  nulls = 0
  least: unknown = undefined
  greatest: unknown = undefined
  /** Whether a row group has values of which nothing is known. */
  isOpen = false
}

/**
 * Returns the statistics of a Parquet file by the ids of its columns: bytes, values and nulls of each, and the least and greatest of those that are in no
 * list or map. Those of long texts are cut, the greatest to a greater one, as Parquet has them.
 */
export async function fileStatistics(
  parts: readonly Uint8Array[],
  schema: StructType,
): Promise<Pick<FileStatistics, 'sizes' | 'values' | 'nulls' | 'lower' | 'upper' | 'splits'>> {
  const { row_groups, schema: elements } = await readFooter(parts)
  const ids = leafIds(elements)
  const found = new Map<number, ColumnStatistics>()
  for (const { columns: chunks } of row_groups) {
    for (const { meta_data: meta } of chunks) {
      const id = ids.get(JSON.stringify(meta?.path_in_schema))
      if (!meta || id === undefined) continue
      const column = found.get(id) ?? new ColumnStatistics()
      found.set(id, column)
      column.size += Number(meta.total_compressed_size)
      column.values += Number(meta.num_values)
      const { null_count = 0, min_value, max_value } = meta.statistics ?? {}
      const [min, max] = [floorOf(min_value), ceilingOf(max_value)]
      column.nulls += Number(null_count)
      if (Number(null_count) === Number(meta.num_values)) continue
      if (min === undefined || max === undefined) column.isOpen = true
      else {
        if (column.least === undefined || isBefore(min, column.least)) column.least = min
        if (column.greatest === undefined || isBefore(column.greatest, max)) column.greatest = max
      }
    }
  }
  const types = plainTypes(schema)
  const by = <T>(value: (column: ColumnStatistics) => T) => Object.fromEntries([...found].map(([id, column]) => [String(id), value(column)]))
  const bounds = (value: (column: ColumnStatistics) => unknown) =>
    Object.fromEntries(
      [...found].flatMap(([id, column]) => {
        const type = types.get(id)
        const bound = column.isOpen || type === undefined ? null : boundOf(type, value(column))
        return bound ? [[String(id), Buffer.from(bound).toString('base64')]] : []
      }),
    )
  return {
    sizes: by(({ size }) => size),
    values: by(({ values }) => values),
    nulls: by(({ nulls }) => nulls),
    lower: bounds(({ least }) => least),
    upper: bounds(({ greatest }) => greatest),
    splits: row_groups.map(({ columns: chunks }) => {
      const meta = chunks[0]?.meta_data
      return Number(meta?.dictionary_page_offset ?? meta?.data_page_offset ?? 4)
    }),
  }
}
