import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { putIn } from '../../base/own-names.ts'

/**
 * Returns a copy of a state that shares nothing with it.
 *
 * @param where the operator and the key, for the message
 * @throws `OPERATOR_STATE` for what JSON would change without a word, such as a Date, a Map or NaN
 */
export function copyState(state: unknown, where: string): Json {
  return copy(state, where, 'state')
}

function copy(value: unknown, where: string, path: string): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return Array.from(value, (item, i) => copy(item, where, `${path}[${i}]`))
  if (!isPlain(value)) throw unfit(value, where, path)
  const made = {}
  // An absent member and one that is undefined read the same.
  for (const [name, member] of Object.entries(value)) if (member !== undefined) putIn(made, name, copy(member, where, `${path}.${name}`))
  return made
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  // An object of another realm, such as a test runner's, has another Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function unfit(value: unknown, where: string, path: string): TicketsError {
  const what = typeof value === 'object' ? `a ${value?.constructor.name}` : typeof value === 'number' ? String(value) : typeof value
  return new TicketsError(
    'OPERATOR_STATE',
    `the state of ${where} has ${what} at ${path}, which no record can hold: keep numbers, texts, booleans, null, arrays and plain objects, and times in epoch milliseconds`,
  )
}
