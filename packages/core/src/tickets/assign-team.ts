import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import type { Batch } from '../batch/batch.ts'
import { mapColumn } from '../operators/map-column.ts'
import type { Simplify } from '../store/field.ts'

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
 * Adds the team that answers each ticket, by its `request_type`. It is `mapColumn` with a table: write your own like it.
 *
 * @throws `OPTION_INVALID` where a request type or a row has no team
 * @example
 * tickets.pipe(assignTeam()) // { …, request_type: 'billing', assigned_team: 'Billing Team' }
 */
export function assignTeam<
  T extends { request_type: string },
  const M extends Record<string, string> = typeof teams,
  const N extends string = 'assigned_team',
>(options: AssignTeamOptions<M, N> = {}): OperatorFunction<Batch<T>, Batch<Simplify<Omit<T, N> & { [K in N]: M[keyof M] }>>> {
  const mapping = new Map<string, string>(Object.entries(options.teams ?? teams))
  const column = options.column ?? ('assigned_team' as N)
  const members = z.enum([...new Set(mapping.values())] as [M[keyof M], ...M[keyof M][]])
  return mapColumn<T, 'request_type', N, z.ZodType<M[keyof M]>>('request_type', column, members as never, (type) => {
    const team = mapping.get(type)
    if (team !== undefined) return team as M[keyof M]
    throw new TicketsError(
      'OPTION_INVALID',
      type === null || type === undefined
        ? 'assignTeam needs a request_type in every row: filter the rows without one first'
        : `assignTeam has no team for the request type "${type}": add it to \`teams\``,
    )
  })
}
