import { TicketsError } from '@tickets/core'
import type { DimensionsOptions } from './options.ts'
import type { StarPlan } from './plan.ts'
import { planDimensions } from './plan-dimensions.ts'
import { planFact } from './plan-facts.ts'
import { type AnyFact, referencesOf } from './references.ts'

const invalid = (message: string) => new TicketsError('OPTION_INVALID', message)

/** Returns the tables that a description makes. Throws `OPTION_INVALID` for what does not fit together. */
export function planStar(dimensions: DimensionsOptions, facts: Readonly<Record<string, AnyFact>>): StarPlan {
  const described = Object.entries(facts).map(([name, fact]) => {
    if (!fact?.schema?.fields) throw invalid(`fact "${name}" needs the schema of its rows: { schema: … }`)
    return { name, fact, references: referencesOf(name, fact, dimensions) }
  })
  if (described.length === 0) throw invalid('a star schema has at least one fact: facts: { sale: { schema: Sale, … } }')
  const planned = planDimensions(
    dimensions,
    described.flatMap(({ name, references }) => references.map((reference) => ({ ...reference, fact: name }))),
  )
  const days = planned.filter(({ isDays }) => isDays).map(({ name }) => name)
  if (days.length > 1) throw invalid(`one dimension of days is enough, got ${days.join(', ')}: give other times of a fact a column by \`roles\``)
  const plan = { dimensions: planned, facts: described.map(({ name, fact, references }) => planFact(name, fact, references, planned)) }
  const tables = [...plan.dimensions, ...plan.facts].map(({ table }) => table.toLowerCase())
  const twice = tables.find((table, i) => tables.indexOf(table) < i)
  if (twice !== undefined) throw invalid(`two parts of the star schema have the table ${twice}: give one another name by \`table\``)
  return plan
}
