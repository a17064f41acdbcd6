import { type ErrorCode, isTicketsError } from '../../base/errors.ts'

/** One promise of an interface, as a test for any runner: `for (const { name, run } of logContract(driver)) test(name, run)`. */
export interface Case {
  readonly name: string
  readonly run: () => Promise<void>
}

const show = (value: unknown) => JSON.stringify(value, (_, inner) => (inner instanceof Uint8Array ? `bytes ${[...inner].join(' ')}` : inner))

/** Throws unless both are the same as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (sorted(actual) !== sorted(expected)) throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

function sorted(value: unknown): string {
  return canonical(JSON.parse(show(value ?? null)))
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`
}

/** Returns whether a value comes back as it was after it was written as JSON. */
export function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson)
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return value === null || typeof value === 'boolean' || typeof value === 'string'
  return Object.prototype.toString.call(value) === '[object Object]' && Object.values(value).every(isJson)
}

/** Throws unless it holds. */
export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** Throws unless `work` fails, with this code where one is given. */
export async function fails(work: () => Promise<unknown>, what: string, code?: ErrorCode): Promise<void> {
  let error: unknown
  try {
    await work()
  } catch (thrown) {
    error = thrown ?? new Error('nothing')
  }
  if (error === undefined) throw new Error(`${what}: expected it to fail${code ? ` with ${code}` : ''}`)
  if (code && !isTicketsError(error, code)) throw new Error(`${what}: expected ${code}, got ${String(error)}`, { cause: error })
}
