import { TicketsError } from '../../base/errors.ts'

const DIGITS = 20
const record = /^(\d{20})\.json$/
const temporary = /^\.(\d+)-[\w-]+\.tmp$/
const state = /^(\d+)-([\w-]+?)(?:\.\w+)?$/
const safe = /^[\w-][\w.-]*$/

/**
 * Returns the file name of record `n`. It holds n alone, not the range (docs/internals/protocol.md#3.2), so that two workers at one number
 * collide.
 */
export const recordName = (n: number) => `${String(n).padStart(DIGITS, '0')}.json`

/** Returns the number in the name of a record; -1 for any other file. */
export const recordNumber = (name: string) => Number(record.exec(name)?.[1] ?? -1)

/** Returns the name of a temporary file. Each attempt has its own, so that no process writes into another's. */
export const temporaryName = (n: number, attempt: string) => `.${n}-${attempt}.tmp`

/** Returns the number in the name of a temporary file; Infinity for any other file. */
export const temporaryNumber = (name: string) => Number(temporary.exec(name)?.[1] ?? Number.POSITIVE_INFINITY)

/** Returns number and attempt from the name of a state, `<n>-<attempt>` with or without an extension; null for any other file. */
export function stateName(name: string): { readonly n: number; readonly attempt: string } | null {
  const match = state.exec(name)
  return match ? { n: Number(match[1]), attempt: match[2] ?? '' } : null
}

/** Throws `OPTION_INVALID` unless the text can be a file name as it is. */
export function checkName(what: string, value: string): void {
  if (safe.test(value)) return
  throw new TicketsError(
    'OPTION_INVALID',
    `${what} becomes a file name in the log: letters, digits, ".", "_" and "-" only, got ${JSON.stringify(value)}`,
  )
}
