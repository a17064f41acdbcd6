import { TicketsError } from '@tickets/core'
import type { Target } from './target.ts'

/** Returns the error for a writer's schema that a column cannot take; `there` is what messages have, such as `a long`. */
export function mismatch({ path, kind }: Target, there: string, advice = ''): TicketsError {
  const here = kind === 'struct' ? 'an object' : kind
  return new TicketsError(
    'SCHEMA_MISMATCH',
    `${path === '' ? 'a message' : path} is ${there} in messages, and ${here} here${advice && `: ${advice}`}`,
  )
}

/** Returns the error for a column that a writer's schema does not have. */
export function missing({ path }: Target, there: readonly string[]): TicketsError {
  return new TicketsError(
    'SCHEMA_MISMATCH',
    `${path} is required here, and messages do not have it (they have ${there.join(', ')}): make it optional or give it a default, or let producers send it`,
  )
}
