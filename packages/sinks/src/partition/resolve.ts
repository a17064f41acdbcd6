import { type Field, type Schema, TicketsError } from '@tickets/core'
import { closest, type Located, locate } from '@tickets/core/internal'
import { dayPath, segment } from './codes.ts'
import { isoDay } from './days.ts'
import type { BucketPartition, PartitionBy, TimePartition } from './partition-by.ts'

/** One entry of `partitionBy` with its column. */
export interface Resolved {
  /** The column's place; -1 for a member of a nested one. */
  readonly at: number
  readonly places: readonly number[]
  readonly field: Field
  /** Null where the values themselves are the partition: a column leaves the file then, a member of a nested one stays. */
  readonly made: TimePartition | BucketPartition | null
}

const refuse = (why: string): never => {
  throw new TicketsError('OPTION_INVALID', `partitionBy: ${why}`)
}

/** Returns the index of the column with this name. Throws `OPTION_INVALID` with the nearest names. */
export function fieldAt(schema: Schema<unknown>, name: string, option: string): number {
  const at = schema.fields.findIndex((field) => field.name === name)
  if (at >= 0) return at
  const names = schema.fields.map((field) => field.name)
  const nearest = closest(name, names, 3).map((near) => `"${near}"`)
  throw new TicketsError('OPTION_INVALID', `${option}: ${schema.name} has no column "${name}"; the nearest are ${nearest.join(', ')}`)
}

/** Returns where the column of this name lies, or the member of nested objects at this path. Throws `OPTION_INVALID` with the nearest names. */
export function locatedAt(schema: Schema<unknown>, name: string, option: string): Located {
  return locate(schema.fields, name) ?? { field: schema.fields[fieldAt(schema, name, option)] as Field, places: [] }
}

/** Kinds of columns that `bucket` hashes. */
const HASHED = ['string', 'enum', 'integer', 'int32', 'date', 'instant', 'decimal', 'bytes']

function checkKind({ field, made }: Resolved): void {
  const { name, kind } = field
  if (made?.by === 'bucket') {
    if (!HASHED.includes(kind))
      refuse(
        `bucket("${name}", ${made.count}) takes a string, enum, integer, date, instant, decimal or bytes, "${name}" is of kind ${kind}: give it a column of such values, or add one with mapRows`,
      )
  } else if (made) {
    if (kind !== 'instant') refuse(`day("${name}") takes a column of instants, "${name}" is of kind ${kind}`)
  } else if (['decimal', 'json', 'bytes', 'struct', 'list', 'map'].includes(kind))
    refuse(
      `"${name}" is of kind ${kind}, which is no name of a folder: partition by a string, enum, integer, boolean or date${HASHED.includes(kind) ? `, or by bucket("${name}", 16)` : ''}`,
    )
  else if (kind === 'instant') refuse(`"${name}" is an instant, of which nearly each is another: use day("${name}") or yearMonthDay("${name}")`)
  else if (kind === 'number')
    refuse(
      `"${name}" is a floating-point number, whose text in a path would not be the same number for all readers: partition by a string, enum, integer or boolean`,
    )
}

/** Columns in files and path must all have names of their own, whatever the case: readers fail, or take one for the other. */
function checkNames(schema: Schema<unknown>, resolved: readonly Resolved[], names: readonly string[]): void {
  const left = resolved.filter(({ made, at }) => !made && at >= 0).map(({ field }) => field.name)
  const seen = new Map(
    schema.fields.filter(({ name }) => !left.includes(name)).map(({ name }) => [name.toLowerCase(), `the column "${name}" of the files`]),
  )
  for (const name of names) {
    if (/^[._]/.test(name))
      refuse(`readers skip folders that begin with "${name[0]}": give "${name}" another name (as, or mapRows for a column of its own)`)
    const other = seen.get(name.toLowerCase())
    if (other) refuse(`"${name}" would stand beside ${other}, and readers cannot hold both: give the partition another name with { as }`)
    seen.set(name.toLowerCase(), `the partition "${name}"`)
  }
}

/**
 * Looks up what `partitionBy` names in a schema.
 *
 * @throws `OPTION_INVALID` for an unknown column, one that cannot be a partition, or a name that stands twice
 */
export function resolvePartitions(partitionBy: PartitionBy, schema: Schema<unknown>): { resolved: Resolved[]; names: string[] } {
  const resolved = partitionBy.map((by): Resolved => {
    const { field, places } = locatedAt(schema, typeof by === 'string' ? by : by.column, 'partitionBy')
    const [at = -1, ...inside] = places
    return { at: inside.length === 0 ? at : -1, places, field, made: typeof by === 'string' ? null : by }
  })
  resolved.forEach(checkKind)
  const names = resolved.flatMap(({ field, made }) => made?.as ?? [field.name])
  checkNames(schema, resolved, names)
  if (new Set(resolved.filter(({ made, at }) => !made && at >= 0).map(({ at }) => at)).size === schema.fields.length)
    refuse(`every column of ${schema.name} would leave the files: keep at least one that is no partition`)
  return { resolved, names }
}

/** Text that no reader takes for a number, a date or a truth: it makes them read the column as text from the first file on. */
const EMPTY_TEXT = '__EMPTY__'

/**
 * Returns the folder of the zero-row file of an empty dataset, with values from which readers infer the right types. With only NULL values pyarrow
 * refuses the dataset, and DuckDB and polars read each column as text until the first row exists.
 */
export function emptyFolder(resolved: readonly Resolved[]): string {
  const value = ({ kind, values }: Field): string => {
    if (kind === 'enum') return values.find((member) => /^\p{L}/u.test(member) && !/^(true|false|null|nan|inf)/i.test(member)) ?? EMPTY_TEXT
    if (kind === 'date') return isoDay(0)
    return kind === 'boolean' ? 'false' : kind === 'string' ? EMPTY_TEXT : '0'
  }
  return resolved
    .map(({ field, made }) => {
      if (!made) return segment(field.name, value(field))
      return made.by === 'bucket' ? segment(made.as[0], '0') : dayPath(made, 0)
    })
    .join('/')
}
