import { valueIn } from '../../base/own-names.ts'
import type { Field } from '../../store/field.ts'
import { parseExact } from '../fast-decoder/exact-json.ts'

/** What a message's key says of a column, in the form in which the column's type takes it; or why it says nothing. */
export type KeyValue = { readonly value: unknown } | { readonly issue: string }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/**
 * Returns the value of a table's key in the key of a message. That is text, a JSON string, number or boolean, or a JSON object with the column among its
 * members, as Debezium and ksqlDB write it. Kafka Connect may wrap any of them: `{ schema, payload }`.
 *
 * @example
 * keyOfMessage(Buffer.from('{"client_id":"a"}'), field) // { value: 'a' } for the column client_id
 */
export function keyOfMessage(bytes: Uint8Array, field: Field): KeyValue {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return { issue: 'the key of the message is not valid UTF-8' }
  }
  const json = jsonOf(text, [field, { ...field, name: 'payload', kind: 'struct', children: [field] }])
  if (typeof json === 'string') return { value: fitted(json, field) }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { value: fitted(text, field) }
  const isWrapped = !Object.hasOwn(json, field.name) && Object.hasOwn(json, 'payload')
  return memberOf(isWrapped ? valueIn(json, 'payload') : json, field)
}

/** Returns the value of the column in an object; of any other value that itself. */
function memberOf(json: unknown, field: Field): KeyValue {
  const value = typeof json === 'object' && json !== null ? valueIn(json, field.name) : json
  if (value === undefined || value === null) return { issue: `the key of the message has no "${field.name}"` }
  return { value: fitted(value, field) }
}

/** Returns the JSON value of a text; undefined for a text that is no JSON. */
function jsonOf(text: string, fields: readonly Field[]): unknown {
  try {
    return parseExact(text, fields)
  } catch {
    return undefined
  }
}

/** Returns a value as the type of the column takes it: keys are often text where values have numbers, and the reverse. */
function fitted(value: unknown, { kind }: Field): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return kind === 'string' || kind === 'enum' ? String(value) : value
  if (typeof value !== 'string') return value
  if (kind === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  const isNumeric = kind === 'number' || kind === 'integer' || kind === 'int32' || kind === 'instant'
  return isNumeric && NUMBER.test(value) ? Number(value) : value
}
