import type { Json } from '@tickets/core'
import { readFooter } from './parquet-reader.ts'

/** Longer texts are left out: readers skip files by short ones. */
const LONGEST = 64

/** Returns a value as Delta's statistics have it; undefined where those have none of its type. */
function jsonOf(value: unknown): Json | undefined {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : undefined
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' && value.length <= LONGEST ? value : undefined
}

/** Kinds of column whose extremes are compared as their JSON is. */
type Extreme = Json & (string | number)

/**
 * Returns the statistics of a Parquet file as an `add` action has them (delta-io/delta, PROTOCOL.md, "Per-file Statistics"): rows, and of each column that
 * is not nested how many values are null, the least and the greatest.
 */
export function statisticsOf(parts: readonly Uint8Array[], dates: ReadonlySet<string>): string {
  const { num_rows, row_groups } = readFooter(parts)
  const [least, greatest, nulls]: [Record<string, Extreme>, Record<string, Extreme>, Record<string, number>] = [{}, {}, {}]
  const open = new Set<string>()
  for (const { columns } of row_groups) {
    for (const { meta_data } of columns) {
      const [name, ...inner] = meta_data?.path_in_schema ?? []
      if (!meta_data || name === undefined || inner.length > 0) continue
      const { statistics } = meta_data
      if (statistics?.null_count !== undefined) nulls[name] = (nulls[name] ?? 0) + Number(statistics.null_count)
      const isAllNull = statistics?.null_count !== undefined && statistics.null_count === meta_data.num_values
      if (isAllNull) continue
      const day = (value: Json | undefined) => (dates.has(name) && typeof value === 'string' ? value.slice(0, 10) : value)
      const [min, max] = [day(jsonOf(statistics?.min_value)), day(jsonOf(statistics?.max_value))]
      const isExact = statistics?.is_min_value_exact !== false && statistics?.is_max_value_exact !== false
      // Without the extremes of one row group nothing is known of the whole file.
      if (!isExact || !isExtreme(min) || !isExtreme(max)) open.add(name)
      else {
        if (!Object.hasOwn(least, name) || isBefore(min, least[name] as Extreme)) least[name] = min
        if (!Object.hasOwn(greatest, name) || isBefore(greatest[name] as Extreme, max)) greatest[name] = max
      }
    }
  }
  const known = (values: Record<string, Extreme>) => Object.fromEntries(Object.entries(values).filter(([name]) => !open.has(name)))
  return JSON.stringify({ numRecords: Number(num_rows), minValues: known(least), maxValues: known(greatest), nullCount: nulls })
}

const isExtreme = (value: Json | undefined): value is Extreme => typeof value === 'string' || typeof value === 'number'

/** Texts are ordered by the bytes of their UTF-8, as files order them. */
const isBefore = (a: Extreme, b: Extreme) =>
  typeof a === 'string' && typeof b === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 : a < b
