import { type $ZodType, safeEncode, safeParse } from 'zod/v4/core'

/** What zod says of a value. */
export type Judged = { readonly row: unknown } | { readonly issues: readonly Issue[] }

/** One reason why a value is invalid. */
export interface Issue {
  readonly path: PropertyKey[]
  readonly message: string
  readonly code?: string
  /** What zod took a wrong value for. */
  readonly received?: string
  /** The values that a literal or an enum takes. */
  readonly values?: readonly unknown[]
  /** Of a value that fits no shape of a union: what is wrong with it for each shape, with paths from the union. */
  readonly errors?: readonly (readonly Issue[])[]
}

/**
 * Checks a row that a function of the user made: it is written as a message and read again, so that it meets every check that a message meets, and comes
 * out as a message does, with the digits of decimals filled up.
 */
export function judgeRow(type: $ZodType, row: unknown): Judged {
  const written = safeEncode(type, row as never)
  if (!written.success) return { issues: written.error.issues }
  const read = safeParse(type, written.data)
  return read.success ? { row: read.data } : { issues: read.error.issues }
}

/**
 * Returns the rows that `map` makes of a message.
 *
 * @throws what `map` throws, and a TypeError where it returns a promise
 */
export function rowsOf(map: (input: unknown) => unknown, input: unknown): readonly unknown[] {
  const made = map(input)
  if (made === null || made === undefined) return []
  if (Array.isArray(made)) return made
  if (made instanceof Promise) throw new TypeError('it returned a promise: use mapAsync after the source')
  return [made]
}
