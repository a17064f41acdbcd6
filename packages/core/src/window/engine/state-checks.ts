import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'

const WINDOWS_REMEDY = 'make windows or grace shorter, group by fewer keys, or raise maxKeys or maxWindows if the memory is there'

/**
 * Throws `STATE_LIMIT` when an operator holds more than it may.
 *
 * @param remedy what to do about it
 */
export function checkHeld(what: string, held: number, most: number, remedy = WINDOWS_REMEDY): void {
  if (held > most) throw new TicketsError('STATE_LIMIT', `${held} open ${what}s are more than the ${most} allowed: ${remedy}`)
}

/** Returns a snapshot once it is known to be an object with these lists. Throws `OPERATOR_STATE` where another version wrote it. */
export function snapshotWith<const N extends string>(json: Json, ...lists: readonly N[]): { readonly [K in N]: readonly Json[] } {
  const found = json as { readonly [K in N]: readonly Json[] } | null
  if (lists.every((name) => Array.isArray(found?.[name]))) return found as { readonly [K in N]: readonly Json[] }
  throw new TicketsError(
    'OPERATOR_STATE',
    `the state of an operator has no ${lists.map((name) => `\`${name}\``).join(' and ')}: another version wrote it, so run that one, or start over with a new log`,
  )
}
