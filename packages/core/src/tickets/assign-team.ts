import { type Data, makeData } from 'apache-arrow'
import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import { dictionaryOf } from '../batch/arrow-types.ts'
import type { Batch } from '../batch/batch.ts'
import { isValid, membersOf } from '../batch/columns.ts'
import { schemaExtension } from '../operators/extend-schema.ts'
import { operate } from '../operators/operate.ts'
import { addColumn } from '../operators/with-column.ts'
import type { Field, Simplify } from '../store/field.ts'
import { enumColumn } from './enum-column.ts'

/** The team that answers each type of request. */
export const teams = {
  billing: 'Billing Team',
  technical: 'Technical Support',
  account: 'Account Management',
  general: 'General Support',
} as const

/** Settings of `assignTeam`. */
export interface AssignTeamOptions<M extends Record<string, string>, N extends string> {
  /** Request type → team; `teams` by default. Every member of `request_type` needs one. */
  teams?: M
  /** The name of the added column; `assigned_team` by default. */
  column?: N
}

/**
 * Adds the team that answers each ticket, by its `request_type`.
 *
 * Translates dictionary codes and builds no rows. `withColumn` does the same for any column, row by row.
 *
 * @throws `OPTION_INVALID` where a request type or a row has no team, or `request_type` is no enum
 * @example
 * tickets.pipe(assignTeam()) // { …, request_type: 'billing', assigned_team: 'Billing Team' }
 */
export function assignTeam<
  T extends { request_type: string },
  const M extends Record<string, string> = typeof teams,
  const N extends string = 'assigned_team',
>(options: AssignTeamOptions<M, N> = {}): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, N> & { [K in N]: M[keyof M] }>>> {
  type Row = Simplify<Omit<T, N> & { [K in N]: M[keyof M] }>
  const mapping: Record<string, string> = options.teams ?? teams
  const name = options.column ?? ('assigned_team' as N)
  const members = [...new Set(Object.values(mapping))] as [string, ...string[]]
  const extend = schemaExtension<T, Row>('with_team', { [name]: z.enum(members) })
  return operate<Batch<T>, Batch<Row>>((out, scope) => ({
    next(batch) {
      const schema = extend(batch.schema)
      const field = schema.fields.find((f) => f.name === name) as Field
      out.next(addColumn(batch, schema, name, teamColumn(enumColumn(batch, 'request_type', 'assignTeam'), field, mapping)))
    },
    ready: () => scope?.describe('assignTeam', { teams: { ...mapping }, column: name }),
  }))
}

function teamColumn(types: Data, field: Field, mapping: Record<string, string>): Data {
  const codeOf = membersOf(types).map((type) => {
    const code = Object.hasOwn(mapping, type) ? field.values.indexOf(mapping[type] as string) : -1
    if (code < 0) throw new TicketsError('OPTION_INVALID', `assignTeam has no team for the request type "${type}": add it to \`teams\``)
    return code
  })
  const { type, values } = dictionaryOf(field)
  const codes = types.values as Int8Array
  const out = new type.indices.ArrayType(types.length)
  for (let i = 0; i < types.length; i++) {
    if (!isValid(types, i))
      throw new TicketsError('OPTION_INVALID', 'assignTeam needs a request_type in every row: filter the rows without one first')
    out[i] = codeOf[codes[i] as number] as number
  }
  return makeData({ type, length: types.length, nullCount: 0, nullBitmap: null, data: out, dictionary: values } as never)
}
