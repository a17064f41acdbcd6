import type { Field } from '@tickets/core'
import { Microseconds, readFooter } from './parquet-reader.ts'

/** A number has so many decimal digits without loss. */
const EXACT_DIGITS = 15

/** A least or greatest value as JSON. */
type Extreme = string | number | boolean

/** Returns a value as Delta's statistics have it; undefined where those have none of its type. */
function jsonOf(value: unknown): Extreme | undefined {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : undefined
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined
}

// Readers take an extreme for what it says, so that an instant between two milliseconds must lie within.

/** Returns the least value of a footer, an instant in whole milliseconds. */
export const floorOf = (value: unknown) => (value instanceof Microseconds ? value.floor : value)

/** Returns the greatest value of a footer, an instant in whole milliseconds. */
export const ceilingOf = (value: unknown) => (value instanceof Microseconds ? value.ceiling : value)

/** Whether the values of a column have extremes that JSON can say: bytes are no text, and numbers round long decimals, so that readers would skip rows. */
const hasExtremes = ({ kind, precision = 38 }: Field) => kind !== 'bytes' && (kind !== 'decimal' || precision <= EXACT_DIGITS)

/**
 * Returns the statistics of a Parquet file as an `add` action has them (delta-io/delta, PROTOCOL.md, "Per-file Statistics"): rows, and of each column that
 * is not nested how many values are null, the least and the greatest. Those of long texts are cut, the greatest to a greater one, as Parquet has them.
 */
export async function statisticsOf(parts: readonly Uint8Array[], fields: readonly Field[]): Promise<string> {
  const { num_rows, row_groups } = await readFooter(parts)
  const [least, greatest, nulls]: [Record<string, Extreme>, Record<string, Extreme>, Record<string, number>] = [{}, {}, {}]
  const open = new Set<string>()
  for (const { columns } of row_groups) {
    for (const { meta_data } of columns) {
      const [name, ...inner] = meta_data?.path_in_schema ?? []
      if (!meta_data || name === undefined || inner.length > 0) continue
      const { statistics } = meta_data
      if (statistics?.null_count !== undefined) nulls[name] = (nulls[name] ?? 0) + Number(statistics.null_count)
      const isAllNull = statistics?.null_count !== undefined && statistics.null_count === meta_data.num_values
      const field = fields.find((one) => one.name === name)
      if (isAllNull || !field || !hasExtremes(field)) continue
      const day = (value: Extreme | undefined) => (field.kind === 'date' && typeof value === 'string' ? value.slice(0, 10) : value)
      const [min, max] = [day(jsonOf(floorOf(statistics?.min_value))), day(jsonOf(ceilingOf(statistics?.max_value)))]
      // Without the extremes of one row group nothing is known of the whole file.
      if (min === undefined || max === undefined) open.add(name)
      else {
        if (!Object.hasOwn(least, name) || isBefore(min, least[name] as Extreme)) least[name] = min
        if (!Object.hasOwn(greatest, name) || isBefore(greatest[name] as Extreme, max)) greatest[name] = max
      }
    }
  }
  const doubles = new Set(fields.flatMap(({ name, kind }) => (kind === 'number' ? [name] : [])))
  // Where the least double is a zero, one may be -0, which some readers put before 0. JSON.stringify never writes it.
  const lower = (name: string, value: Extreme) => (value === 0 && doubles.has(name) ? '-0.0' : JSON.stringify(value))
  const known = (values: Record<string, Extreme>, say: (name: string, value: Extreme) => string) => {
    const entries = Object.entries(values).filter(([name]) => !open.has(name))
    return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${say(name, value)}`).join()}}`
  }
  const greatestText = known(greatest, (_, value) => JSON.stringify(value))
  return `{"numRecords":${num_rows},"minValues":${known(least, lower)},"maxValues":${greatestText},"nullCount":${JSON.stringify(nulls)}}`
}

/** Texts are ordered by the bytes of their UTF-8, as files order them. */
const isBefore = (a: Extreme, b: Extreme) =>
  typeof a === 'string' && typeof b === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0 : a < b
