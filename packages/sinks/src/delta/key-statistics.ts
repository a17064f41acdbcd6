import type { Field } from '@tickets/core'
import type { Comparable } from '@tickets/core/arrow'
import type { TableKey } from '../keyed/table-key.ts'
import type { RangeKeys } from '../upserts/range-keys.ts'
import type { Add } from './actions.ts'

const DAY_MS = 86_400_000

/** Returns the value of a partition column, as it compares with those of rows. The empty text is null, as in every Delta table. */
function partitionValue({ kind }: Pick<Field, 'kind'>, text: string | null | undefined): Comparable {
  if (text === null || text === undefined || text === '') return null
  if (kind === 'boolean') return text === 'true'
  if (kind === 'date') return Date.parse(text) / DAY_MS
  return kind === 'integer' || kind === 'int32' ? Number(text) : text
}

/** Returns the values of those columns that stand in the path of a file alone: of the key, of the revision, and of the one that says which rows delete. */
export function keyConstants({ partitionValues }: Add, { columns, revision, deleteWhen }: TableKey): ReadonlyMap<string, Comparable> {
  const read: Pick<Field, 'name' | 'kind'>[] = [...columns]
  if (revision !== null) read.push({ name: revision, kind: 'int32' })
  if (deleteWhen !== null) read.push({ name: deleteWhen, kind: 'boolean' })
  const partitions = read.filter(({ name }) => Object.hasOwn(partitionValues, name))
  return new Map(partitions.map((field) => [field.name, partitionValue(field, partitionValues[field.name])]))
}

/** What writers say of the values in a file (delta-io/delta, PROTOCOL.md, "Per-file Statistics"). */
interface Statistics {
  readonly minValues?: Readonly<Record<string, unknown>>
  readonly maxValues?: Readonly<Record<string, unknown>>
  readonly nullCount?: Readonly<Record<string, unknown>>
}

/** Returns whether a file of the table may have rows with keys of a range, by its partition and statistics. */
export function mayHold(add: Add, key: TableKey, keys: RangeKeys): boolean {
  const constants = keyConstants(add, key)
  const { minValues, maxValues, nullCount } = statisticsOf(add)
  return key.columns.every((field) => {
    const bounds = keys.bounds(field.name)
    if (!bounds) return true
    const constant = constants.get(field.name)
    if (constant === null) return bounds.hasNull
    if (constant !== undefined) return bounds.mayMeet(constant, constant, false)
    const [least, greatest] = [minValues?.[field.name], maxValues?.[field.name]]
    return bounds.mayMeet(extremeOf(field, least, 0), extremeOf(field, greatest, 1), nullCount?.[field.name] !== 0)
  })
}

function statisticsOf({ stats }: Add): Statistics {
  try {
    return (JSON.parse(stats ?? '{}') ?? {}) as Statistics
  } catch {
    // Others write what they want here; without it the file is read.
    return {}
  }
}

/** Returns an extreme as it compares with values of rows; undefined where it says nothing. `more`: writers cut instants to milliseconds. */
function extremeOf({ kind }: Field, value: unknown, more: 0 | 1): Comparable | undefined {
  switch (kind) {
    case 'string':
    case 'enum':
      return typeof value === 'string' ? value : undefined
    case 'date':
      return typeof value === 'string' ? Date.parse(value) / DAY_MS : undefined
    case 'instant':
      return typeof value === 'string' ? Date.parse(value) + more : undefined
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'integer':
    case 'int32':
      return Number.isSafeInteger(value) ? (value as number) : undefined
    default:
      return undefined
  }
}
