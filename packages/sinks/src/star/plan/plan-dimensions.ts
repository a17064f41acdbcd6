import { type Field, TicketsError } from '@tickets/core'
import { dayFields } from './date-dimension.ts'
import type { DimensionOptions, DimensionsOptions, Follows } from './options.ts'
import type { DimensionPlan } from './plan.ts'
import { columnsOf, type DescribedReference, type Given, isDays } from './references.ts'
import { widest } from './widest.ts'

/** The column with the event time of the `newest` columns of a dimension. */
export const UPDATED_AT = 'updated_at'

/** A reference and the fact that has it. */
export interface FactReference extends DescribedReference {
  readonly fact: string
}

const invalid = (message: string) => new TicketsError('OPTION_INVALID', message)

/** Returns the dimensions as tables. The types of their columns are those of the values that facts give. */
export function planDimensions(dimensions: DimensionsOptions, references: readonly FactReference[]): readonly DimensionPlan[] {
  return Object.entries(dimensions).map(([name, options]): DimensionPlan => {
    const table = options.table ?? `dim_${name}`
    if (isDays(options)) {
      const [key, ...days] = dayFields as readonly [Field, ...Field[]]
      return { name, table, isDays: true, key, columns: days.map((field) => ({ ...field, follows: 'newest' as const })) }
    }
    return {
      name,
      table,
      isDays: false,
      ...typed(
        name,
        options,
        references.filter(({ dimension }) => dimension === name),
      ),
    }
  })
}

function typed(name: string, options: DimensionOptions, references: readonly FactReference[]): Pick<DimensionPlan, 'key' | 'columns'> {
  const what = `dimension "${name}"`
  if (typeof options.key !== 'string') throw invalid(`${what} needs the column that tells its members apart: key: '<column>'`)
  if (references.length === 0)
    throw invalid(`${what}: no fact refers to it, so it would never get a row: name it in \`refers\` of a fact, or leave it out`)
  const follows = columnsOf(options)
  const names = [options.key, ...follows.keys(), ...([...follows.values()].includes('newest') ? [UPDATED_AT] : [])].map((one) => one.toLowerCase())
  const twice = names.find((one, i) => names.indexOf(one) < i)
  if (twice !== undefined)
    throw invalid(
      `${what} has the column "${twice}" twice${twice === UPDATED_AT ? ', which holds the event time of its newest columns' : ''}: rename one`,
    )
  const key = common(
    what,
    options.key,
    references.map(({ fact, key: given }) => ({ fact, given })),
  )
  const columns = [...follows].map(([column, how]) => {
    const givers = references.flatMap(({ fact, gives }) => (gives.has(column) ? [{ fact, given: gives.get(column) as Given }] : []))
    if (givers.length === 0)
      throw invalid(
        `${what}: no fact gives its column "${column}": { ${name}: { ${options.key}: '<path>', ${column}: '<path>' } } in \`refers\` of one`,
      )
    const field = common(what, column, givers)
    checkFollows(what, field, how)
    // A member is known from a reference by its key alone, before a row gives its columns.
    return { ...field, nullable: field.nullable || givers.length < references.length, follows: how }
  })
  return { key: { ...key, nullable: false }, columns }
}

/** Returns the field that holds the values of all facts. */
function common(what: string, column: string, givers: readonly { readonly fact: string; readonly given: Given }[]): Field {
  const asColumn = ({ field }: Given): Field => ({ ...field, name: column, nullable: field.nullable || field.optional, optional: false })
  const [first, ...more] = givers as readonly [(typeof givers)[number], ...typeof givers]
  let field = asColumn(first.given)
  for (const { fact, given } of more) {
    const both = widest(field, asColumn(given))
    if (!both) {
      const others = `${field.kind} in fact "${first.fact}" ("${first.given.path}") and ${given.field.kind} in fact "${fact}" ("${given.path}")`
      throw invalid(`${what}: its column "${column}" is ${others}: make them one type with mapRows`)
    }
    field = both
  }
  return field
}

const orders = new Set<Field['kind']>(['number', 'integer', 'int32', 'decimal', 'instant', 'date'])

function checkFollows(what: string, { name, kind }: Field, how: Follows): void {
  if (!['newest', 'min', 'max'].includes(how)) throw invalid(`${what}: column "${name}" follows 'newest', 'min' or 'max', got ${JSON.stringify(how)}`)
  if (how !== 'newest' && !orders.has(kind)) throw invalid(`${what}: column "${name}" is ${kind}, and ${how} needs numbers, decimals, times or days`)
}
