import { type $ZodType, safeParse } from 'zod/v4/core'
import { byName, putIn, valueIn } from '../base/own-names.ts'
import { zodShape } from '../base/zod-definition.ts'
import type { Schema } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'
import { hasLostKey, holdsDecimal, parseExact } from './fast-decoder/exact-json.ts'

// `ignoreBOM` keeps a byte order mark, which JSON.parse then refuses, as it does in every other reader.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The longest valid message in bytes: 256 MiB. The engine's strings end at 2^29 characters, and zod, JSON and the encoders need them: the fast decoder
 * would accept a longer message that everything after it refuses.
 */
export const LONGEST_MESSAGE = 2 ** 28

/** Why a message without a value is invalid. */
export const TOMBSTONE = 'no value (a tombstone)'

/** A row, or the reason why there is none. */
export type Verdict<T> = { readonly row: T } | { readonly reason: string }

function textOf(value: Uint8Array): string | null {
  try {
    return utf8.decode(value)
  } catch {
    return null
  }
}

interface Issue {
  readonly path: PropertyKey[]
  readonly message: string
}

function issues(list: readonly Issue[]): string {
  return list.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ')
}

const PROTO = '__proto__'

type Judged = { readonly row: unknown } | { readonly issues: readonly Issue[] }

/** Asks zod. zod reads inherited names from the prototype and skips a key `__proto__`, so schemas with such columns are judged apart. */
function judge(schema: Schema<unknown>, json: unknown): Judged {
  const isSpecial = schema.fields.some(({ name }) => name in Object.prototype)
  if (!isSpecial || typeof json !== 'object' || json === null || Array.isArray(json)) return judged(schema.zod, json)
  const bare = byName(json as Readonly<Record<string, unknown>>)
  const own = zodShape(schema.zod)
  const type = Object.hasOwn(own, PROTO) ? (own[PROTO] as $ZodType) : null
  if (type) delete bare[PROTO]
  const rest = judged(schema.zod, bare)
  if (!type) return rest
  const value = judged(type, valueIn(json, PROTO))
  const wrong = [...issuesOf(rest), ...issuesOf(value).map((issue) => ({ ...issue, path: [PROTO, ...issue.path] }))]
  if (wrong.length > 0 || !('row' in rest) || !('row' in value)) return { issues: wrong }
  if (Object.hasOwn(json, PROTO)) putIn(rest.row as object, PROTO, value.row)
  return rest
}

const issuesOf = (one: Judged) => ('issues' in one ? one.issues : [])

function judged(type: $ZodType, value: unknown): Judged {
  const result = safeParse(type, value)
  return result.success ? { row: result.data } : { issues: result.error.issues }
}

/** Decodes a message by UTF-8, JSON.parse and zod. The fast decoder must agree with it. */
export function parseMessage<T>(schema: Schema<T>, value: Uint8Array | null): Verdict<T> {
  const parsed = jsonOf(schema.fields, value)
  return 'reason' in parsed ? parsed : verdictOf(schema, parsed.json)
}

/** Returns the JSON value of a message, with the numbers of decimals as text where a double would round them. */
function jsonOf(fields: readonly Field[], value: Uint8Array | null): { readonly json: unknown } | { readonly reason: string } {
  if (value === null) return { reason: TOMBSTONE }
  if (value.length === 0) return { reason: 'an empty value' }
  if (value.length > LONGEST_MESSAGE) return { reason: `${value.length} bytes long, and a message has ${LONGEST_MESSAGE} at the most` }
  const text = textOf(value)
  if (text === null) return { reason: 'not valid UTF-8' }
  try {
    return { json: fields.some(holdsDecimal) ? parseExact(text, fields) : JSON.parse(text) }
  } catch (error) {
    return { reason: `not JSON: ${(error as Error).message}` }
  }
}

/** Returns zod's verdict about a value that was parsed. */
export function verdictOf<T>(schema: Schema<T>, json: unknown): Verdict<T> {
  const lost = schema.fields.find(
    (field) => field.children && typeof json === 'object' && json !== null && hasLostKey(valueIn(json, field.name), field),
  )
  if (lost) return { reason: `not a ${schema.name}: ${lost.name}: a record cannot have the key "__proto__"` }
  try {
    const result = judge(schema, json)
    if ('issues' in result) return { reason: `not a ${schema.name}: ${issues(result.issues)}` }
    return { row: result.row as T }
  } catch (error) {
    return { reason: `the schema's own check threw: ${(error as Error).message}` }
  }
}

/** Returns why a column cannot hold a value that zod accepts, or null. */
export function unfit({ name, kind }: Field, value: unknown): string | null {
  if (kind === 'string' && typeof value === 'string' && !value.isWellFormed()) return `${name}: half a surrogate pair has no UTF-8`
  if (kind === 'instant' && value instanceof Date && Number.isNaN(value.getTime())) return `${name}: not an instant`
  return null
}
