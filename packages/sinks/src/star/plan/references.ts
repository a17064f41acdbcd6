import { type Field, type Schema, TicketsError } from '@tickets/core'
import { isComparable, locate, suggestion } from '@tickets/core/internal'
import { DAY_KEY } from './date-dimension.ts'
import type { DateDimension, DimensionOptions, DimensionsOptions, FactOptions, Follows } from './options.ts'

/** A fact as the description has it, whose types were checked by the compiler. */
export type AnyFact = FactOptions<Record<string, unknown>, DimensionsOptions>

/** A reference as a fact describes it. */
export interface DescribedReference {
  readonly dimension: string
  /** The column of the fact's table. */
  readonly column: string
  readonly key: Given
  /** Column of the dimension → what the rows have for it; empty for a reference by the key alone. */
  readonly gives: ReadonlyMap<string, Given>
}

/** A value of the rows. */
export interface Given {
  readonly path: string
  readonly field: Field
}

const invalid = (message: string) => new TicketsError('OPTION_INVALID', message)

export const isDays = (dimension: DimensionOptions | DateDimension): dimension is DateDimension => 'days' in dimension

/** Returns the column that facts refer to. */
export const keyName = (dimension: DimensionOptions | DateDimension): string => (isDays(dimension) ? DAY_KEY : dimension.key)

/** Returns the value of the rows at a path. Throws `OPTION_INVALID` where the schema has none. */
export function givenAt(schema: Schema<unknown>, path: unknown, what: string): Given {
  const located = typeof path === 'string' ? locate(schema.fields, path) : null
  if (located) return { path: path as string, field: located.field }
  const names = schema.fields.map(({ name }) => name)
  throw invalid(`${what}: ${schema.name} has no column ${JSON.stringify(path)}. ${suggestion(String(path), names)}`)
}

function keyAt(schema: Schema<unknown>, path: unknown, isTime: boolean, what: string): Given {
  const given = givenAt(schema, path, what)
  const { kind } = given.field
  if (isTime && kind !== 'instant' && kind !== 'date')
    throw invalid(`${what}: "${given.path}" of ${schema.name} is ${kind}, and a day is taken from an instant or a date`)
  if (!isComparable(kind))
    throw invalid(`${what}: "${given.path}" of ${schema.name} is ${kind}, by which members cannot be told apart: refer by another column`)
  return given
}

/** Returns the references of a fact, those of `refers` first. Throws `OPTION_INVALID` for names and paths that do not exist. */
export function referencesOf(name: string, fact: AnyFact, dimensions: DimensionsOptions): readonly DescribedReference[] {
  const { schema, refers = {}, roles = {} } = fact
  const dimensionAt = (wanted: string, what: string) => {
    const found = Object.hasOwn(dimensions, wanted) ? dimensions[wanted] : undefined
    if (found) return found
    throw invalid(`${what} has no dimension. ${suggestion(wanted, Object.keys(dimensions))}`)
  }
  const byName = Object.entries(refers).flatMap(([dimension, reference]): DescribedReference[] => {
    const what = `fact "${name}", reference "${dimension}"`
    const options = dimensionAt(dimension, what)
    const column = keyName(options)
    if (reference === undefined) return []
    if (typeof reference === 'string')
      return [{ dimension, column, key: keyAt(schema, reference, isDays(options), what), gives: new Map<string, Given>() }]
    return [{ dimension, column, ...wholeReference(schema, reference as Readonly<Record<string, string>>, options, what) }]
  })
  const byRole = Object.entries(roles).map(([column, role]): DescribedReference => {
    const what = `fact "${name}", role "${column}"`
    const [only, ...more] = Object.entries(role)
    if (!only || more.length > 0) throw invalid(`${what} names one dimension: { ${column}: { <dimension>: '<path>' } }`)
    const [dimension, path] = only
    return { dimension, column, key: keyAt(schema, path, isDays(dimensionAt(dimension, what)), what), gives: new Map() }
  })
  return [...byName, ...byRole]
}

function wholeReference(schema: Schema<unknown>, paths: Readonly<Record<string, string>>, options: DimensionOptions | DateDimension, what: string) {
  if (isDays(options)) throw invalid(`${what} is a dimension of days, which is referred to by one time: the path of an instant or a date`)
  const columns = columnsOf(options)
  const key = keyAt(schema, paths[options.key], false, `${what}, ${options.key}`)
  const gives = [...columns.keys()].map((column) => [column, givenAt(schema, paths[column], `${what}, ${column}`)] as const)
  const unknown = Object.keys(paths).find((column) => column !== options.key && !columns.has(column))
  if (unknown !== undefined)
    throw invalid(`${what} gives "${unknown}", which is no column of the dimension. ${suggestion(unknown, [...columns.keys()])}`)
  return { key, gives: new Map(gives) }
}

/** Returns the columns of a dimension beside its key, each with how it follows the rows. */
export function columnsOf({ columns = [] }: DimensionOptions): ReadonlyMap<string, Follows> {
  if (isList(columns)) return new Map(columns.map((column) => [column, 'newest'] as const))
  return new Map(Object.entries(columns))
}

const isList = (columns: NonNullable<DimensionOptions['columns']>): columns is readonly string[] => Array.isArray(columns)
