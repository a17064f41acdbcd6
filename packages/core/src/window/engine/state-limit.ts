import { TicketsError } from '../../base/errors.ts'

/** Throws `STATE_LIMIT` when an operator holds more than it may. */
export function checkHeld(what: string, held: number, most: number): void {
  if (held <= most) return
  throw new TicketsError(
    'STATE_LIMIT',
    `${held} open ${what}s are more than the ${most} allowed: make windows or grace shorter, group by fewer keys, or raise maxKeys or maxWindows if the memory is there`,
  )
}
