import { type Field, type Schema, TicketsError } from '@tickets/core'
import { locate } from '@tickets/core/internal'
import type { FactPlan, StagedField } from './plan.ts'
import { holdsValues } from './widest.ts'

/** A value of the rows of a flow, and how it is stored until its range is published. */
export interface FlowColumn extends StagedField {
  readonly path: string
}

/**
 * Returns what of the rows of a flow is stored for a fact. The flow may leave out what the fact's schema has as optional.
 *
 * @throws `SCHEMA_MISMATCH` for a missing column, one of another kind, one without a value, or one that the fact has no place for
 */
export function flowColumns({ table, schema: wanted, staged }: FactPlan, schema: Schema<unknown>): readonly FlowColumn[] {
  const refuse = (why: string) => new TicketsError('SCHEMA_MISMATCH', `${schema.name} does not fit ${table}: ${why}`)
  const more = schema.fields.find(({ name }) => !wanted.fields.some((field) => field.name === name))
  if (more)
    throw refuse(
      `there is no place for its column "${more.name}": take it out with mapRows, add it to the schema of the fact, or write to a table of its own with mysqlSink or postgresSink`,
    )
  return [...staged].flatMap(([path, { field, isKey }]): FlowColumn[] => {
    const given = locate(schema.fields, path)?.field
    if (!given && (field.optional || field.nullable)) return []
    if (!given) throw refuse(`it has no column "${path}" (${kindsOf(field)})`)
    if (!holdsValues(field, given)) throw refuse(`its column "${path}" is ${given.kind}, and has to be ${kindsOf(field)}`)
    const isMissing = given.optional || given.nullable
    if (isMissing && !field.optional && !field.nullable) throw refuse(`its column "${path}" may be without a value: fill it in with mapRows`)
    return [{ path, isKey, field: { ...field, optional: given.optional, nullable: given.nullable } }]
  })
}

const kindsOf = (field: Field) =>
  field.kind === 'string'
    ? 'string or enum'
    : field.kind === 'integer'
      ? 'integer or int32'
      : field.kind === 'decimal'
        ? `a decimal of at most ${field.precision} digits, ${field.scale} behind the point`
        : field.kind
