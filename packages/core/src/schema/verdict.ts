import { type $ZodType, safeParse } from 'zod/v4/core'
import { byName, putIn, valueIn } from '../base/own-names.ts'
import { zodShape } from '../base/zod-definition.ts'
import type { Schema } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'
import { hasLostKey, holdsDecimal, parseExact } from './fast-decoder/exact-json.ts'
import { LONGEST_MESSAGE } from './fast-decoder/read.ts'
import { exactShape } from './input/exact-shape.ts'
import { type Input, inputOf } from './input/input.ts'
import { issueText } from './input/issue-text.ts'
import { type Issue, type Judged, judgeRow, rowsOf } from './input/mapped-rows.ts'
import { type Envelope, inputOfPart, readPart } from './input/message-parts.ts'
import { unknownFields } from './input/unknown-fields.ts'

// `ignoreBOM` keeps a byte order mark, which JSON.parse then refuses, as it does in every other reader.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Why a message without a value is invalid. */
export const TOMBSTONE = 'no value (a tombstone)'

/** A row, the rows that the schema's `map` made, or the reason why there is none. */
export type Verdict<T> = { readonly row: T } | { readonly rows: readonly T[] } | { readonly reason: string }

function textOf(value: Uint8Array): string | null {
  try {
    return utf8.decode(value)
  } catch {
    return null
  }
}

const PROTO = '__proto__'

type Judge = (type: $ZodType, value: unknown) => Judged

/** Asks zod. zod reads inherited names from the prototype and skips a key `__proto__`, so schemas with such columns are judged apart. */
function judge(schema: Schema<unknown>, json: unknown, judged: Judge): Judged {
  const isSpecial = schema.fields.some(({ name }) => name in Object.prototype)
  if (!isSpecial || !isObject(json)) return judged(schema.zod, json)
  const bare = byName(json)
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

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const issuesOf = (one: Judged) => ('issues' in one ? one.issues : [])

function judgeValue(type: $ZodType, value: unknown): Judged {
  const result = safeParse(type, value)
  return result.success ? { row: result.data } : { issues: result.error.issues }
}

/** Decodes a message by UTF-8, JSON.parse and zod. The fast decoder must agree with it. */
export function parseMessage<T>(schema: Schema<T>, value: Uint8Array | null, message: Envelope): Verdict<T> {
  const { from } = inputOf(schema)
  const parsed = jsonOf(from ? exactShape(from) : schema.fields, value)
  return 'reason' in parsed ? parsed : verdictOf(schema, parsed.json, message)
}

/** Returns the JSON value of a message, with the numbers of decimals as text where a double would round them. */
function jsonOf(shape: readonly Field[] | Field, value: Uint8Array | null): { readonly json: unknown } | { readonly reason: string } {
  if (value === null) return { reason: TOMBSTONE }
  if (value.length === 0) return { reason: 'an empty value' }
  if (value.length > LONGEST_MESSAGE) return { reason: `${value.length} bytes long, and a message has ${LONGEST_MESSAGE} at the most` }
  const text = textOf(value)
  if (text === null) return { reason: 'not valid UTF-8' }
  const isExact = Array.isArray(shape) ? shape.some(holdsDecimal) : holdsDecimal(shape as Field)
  try {
    return { json: isExact ? parseExact(text, shape) : JSON.parse(text) }
  } catch (error) {
    return { reason: `not JSON: ${(error as Error).message}` }
  }
}

/** Returns zod's verdict about a value that was parsed, and about the rows that the schema's `map` makes of it. */
export function verdictOf<T>(schema: Schema<T>, json: unknown, message: Envelope): Verdict<T> {
  const input = inputOf(schema)
  const { from, map } = input
  try {
    return from && map ? rowsVerdict(schema, { ...input, from, map }, json, message) : rowVerdict(schema, input, json, message)
  } catch (error) {
    return { reason: `the schema's own check threw: ${(error as Error).message}` }
  }
}

function rowVerdict<T>(schema: Schema<T>, input: Input, json: unknown, message: Envelope): Verdict<T> {
  const wrong = (why: string): Verdict<T> => ({ reason: `not a ${schema.name}: ${why}` })
  const lost = schema.fields.find((field) => field.children && isObject(json) && hasLostKey(valueIn(json, field.name), field))
  if (lost) return wrong(`${lost.name}: a record cannot have the key "__proto__"`)
  const parts = partsOf(input, message)
  if ('issues' in parts) return wrong(issueText(parts.issues))
  const unknown = input.refuses ? unknownFields(json, input.own) : strangersOf(input, json)
  const result = judge(schema, isObject(json) ? filled(schema, input, json, parts.values) : json, judgeValue)
  if (unknown.length > 0) {
    const others = issuesOf(result).filter(({ code }) => code !== 'unrecognized_keys')
    return wrong(issueText([...unknown.map((path) => ({ path, message: 'unknown field' })), ...others]))
  }
  return 'issues' in result ? wrong(issueText(result.issues)) : { row: result.row as T }
}

/** Returns the fields of a strict object's message that have the name of a column which does not come from there: zod would not see that. */
function strangersOf({ isStrict, parts }: Input, json: unknown): PropertyKey[][] {
  return isStrict && isObject(json) ? parts.filter(({ name }) => Object.hasOwn(json, name)).map(({ name }) => [name]) : []
}

type Parts =
  | { readonly values: readonly (readonly [name: string, value: string | number | Date | Uint8Array | null])[] }
  | { readonly issues: Issue[] }

function partsOf({ parts }: Input, message: Envelope): Parts {
  const values: [string, string | number | Date | Uint8Array | null][] = []
  const wrong: Issue[] = []
  for (const { name, part } of parts) {
    const read = readPart(part, message)
    if ('issue' in read) wrong.push({ path: [name], message: read.issue })
    else values.push([name, read.value])
  }
  return wrong.length > 0 ? { issues: wrong } : { values }
}

/** Returns the value with the columns that do not come from it, in the form that zod takes. */
function filled(
  schema: Schema<unknown>,
  { parts, rest, own }: Input,
  json: Readonly<Record<string, unknown>>,
  values: Extract<Parts, { values: unknown }>['values'],
) {
  if (parts.length === 0 && rest < 0) return json
  const whole = byName(json)
  if (rest >= 0) {
    const more = byName(json)
    for (const { name } of own) {
      delete more[name]
    }
    for (const name of Object.keys(more)) delete whole[name]
    whole[(schema.fields[rest] as Field).name] = more
  }
  for (const [name, value] of values) whole[name] = inputOfPart(value)
  return whole
}

/** Returns the rows of a message, all of them or none: they are committed together. */
function rowsVerdict<T>(
  schema: Schema<T>,
  input: Input & { readonly from: $ZodType; readonly map: (input: unknown) => unknown },
  json: unknown,
  message: Envelope,
): Verdict<T> {
  const parsed = judgeValue(input.from, json)
  if ('issues' in parsed) return { reason: `not a message of ${schema.name}: ${issueText(parsed.issues)}` }
  let made: readonly unknown[]
  try {
    made = rowsOf(input.map, parsed.row)
  } catch (error) {
    return { reason: `the map of ${schema.name} threw: ${(error as Error).message}` }
  }
  if (made.length === 0) return { rows: [] }
  const parts = partsOf(input, message)
  if ('issues' in parts) return { reason: `not a ${schema.name}: ${issueText(parts.issues)}` }
  const rows: T[] = []
  for (const one of made) {
    const row = isObject(one) ? Object.assign(byName(one), Object.fromEntries(parts.values)) : one
    const result = judge(schema, row, judgeRow)
    if ('issues' in result) return { reason: `${rowName(rows.length, made.length)} is not a ${schema.name}: ${issueText(result.issues)}` }
    rows.push(result.row as T)
  }
  return { rows }
}

/** Returns a name for one of the rows that a map made of a message. */
export const rowName = (index: number, of: number): string => `row ${index + 1} of the ${of} that map made`

/** Returns why a column cannot hold a value that zod accepts, or null. */
export function unfit({ name, kind }: Field, value: unknown): string | null {
  if (kind === 'string' && typeof value === 'string' && !value.isWellFormed()) return `${name}: half a surrogate pair has no UTF-8`
  if (kind === 'instant' && value instanceof Date && Number.isNaN(value.getTime())) return `${name}: not an instant`
  return null
}
