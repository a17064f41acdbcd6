import * as z from 'zod'
import type { Json } from '../base/json.ts'

/** Marks the zod type of `json()`. */
const isPresent = (value: unknown): boolean => value !== undefined

/**
 * Returns the zod type of any JSON value, which a column keeps as JSON text. Numbers are doubles, as `JSON.parse` reads them.
 *
 * @example
 * json().parse({ a: [1, null] }) // { a: [1, null] }
 */
export function json() {
  return z.custom<Json>(isPresent, 'Invalid input: expected a JSON value')
}

/** Returns whether a check is that of `json()`. */
export const isJsonCheck = (fn: unknown): boolean => fn === isPresent
