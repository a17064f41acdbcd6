import type { TicketsError } from '@tickets/core'
import { fileError as faultOf } from '@tickets/core/node'

/**
 * An error of the file system as `SINK_FAILED`; one of ours as it is.
 *
 * `alsoPassing`: codes that may be tried again here and not everywhere.
 */
export function fault(error: unknown, doing: string, target: string, alsoPassing: readonly string[] = []): TicketsError {
  return faultOf(error, 'SINK_FAILED', `${doing} ${target}`, alsoPassing)
}
