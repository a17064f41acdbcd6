import { type Storage, TicketsError } from '@tickets/core'

/** Refuses what cannot be part of a file name on every system, or would lead out of the folder. */
export function checkName(what: string, value: string): void {
  if (/^[\w-][\w.-]*$/.test(value)) return
  throw new TicketsError('OPTION_INVALID', `${what} becomes part of file names: letters, digits, _, - and . only, got ${JSON.stringify(value)}`)
}

/** Returns the text by which a sink's target is known and compared: `file:/data/tickets`, `s3://bucket/tickets`. */
export const targetOf = ({ location }: Storage): string => (location.includes('://') ? location : `file:${location}`)
