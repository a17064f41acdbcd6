import { TicketsError } from '../../base/errors.ts'

const DIGITS = 20
const record = /^(\d{20})\.json$/
const temporary = /^\.(\d+)-[\w-]+\.tmp$/
const state = /^(\d+)-([\w-]+?)(?:\.\w+)?$/
const safe = /^[\w-][\w.-]*$/

/** The name of record `n` holds n alone, not the range (docs/internals/protocol.md#3.2): two workers at one number must meet there. */
export const recordName = (n: number) => `${String(n).padStart(DIGITS, '0')}.json`

/** The number of a record by its name; -1 for any other file. */
export const recordNumber = (name: string) => Number(record.exec(name)?.[1] ?? -1)

/** Each attempt has its own, so that no one writes into another's. */
export const temporaryName = (n: number, attempt: string) => `.${n}-${attempt}.tmp`

/** The number of a temporary file by its name; Infinity for any other file. */
export const temporaryNumber = (name: string) => Number(temporary.exec(name)?.[1] ?? Number.POSITIVE_INFINITY)

/** Number and attempt of a state by its name, `<n>-<attempt>` with or without an extension; null for any other file. */
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
