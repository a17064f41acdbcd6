import { safeParse } from 'zod/v4/core'
import { inside } from '../batch/batch.ts'
import { columnBuilder } from '../batch/builder.ts'
import type { Decoded, DecodeOptions, Message, Rejected, Schema } from './schema.ts'

// `ignoreBOM` keeps a byte order mark, which JSON.parse then refuses, as it does in every other reader.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A row, or the reason why there is none. */
export type Verdict<T> = { readonly row: T } | { readonly reason: string }

function textOf(value: Uint8Array): string | null {
  try {
    return utf8.decode(value)
  } catch {
    return null
  }
}

function issues(list: readonly { path: PropertyKey[]; message: string }[]): string {
  return list.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ')
}

/** The slow path, and the truth: UTF-8, JSON.parse, zod. */
export function parseMessage<T>(schema: Schema<T>, value: Uint8Array | null): Verdict<T> {
  if (value === null) return { reason: 'no value (a tombstone)' }
  if (value.length === 0) return { reason: 'an empty value' }
  const text = textOf(value)
  if (text === null) return { reason: 'not valid UTF-8' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { reason: `not JSON: ${(error as Error).message}` }
  }
  try {
    const result = safeParse(schema.zod, json)
    if (!result.success) return { reason: `not a ${schema.name}: ${issues(result.error.issues)}` }
    return { row: result.data as T }
  } catch (error) {
    return { reason: `the schema's own check threw: ${(error as Error).message}` }
  }
}

/** Why a row that zod accepts cannot stand in columns, or null. */
function unfit(schema: Schema<unknown>, row: Record<string, unknown>): string | null {
  for (const { name, kind } of schema.fields) {
    const value = row[name]
    if (kind === 'string' && typeof value === 'string' && !value.isWellFormed()) return `${name}: half a surrogate pair has no UTF-8`
    if (kind === 'instant' && value instanceof Date && Number.isNaN(value.getTime())) return `${name}: not an instant`
  }
  return null
}

/** Decodes messages to columns; see `Schema.decode`. */
export function decodeMessages<T>(schema: Schema<T>, messages: readonly Message[], options: DecodeOptions = {}): Decoded<T> {
  const builders = schema.fields.map(columnBuilder)
  const names = schema.fields.map((field) => field.name)
  const maxFuture = options.maxFuture ?? Number.POSITIVE_INFINITY
  const offsets = new Float64Array(messages.length)
  const rejected: Rejected[] = []
  let length = 0
  for (const message of messages) {
    const verdict = parseMessage(schema, message.value)
    const row = 'row' in verdict ? (verdict.row as Record<string, unknown>) : null
    let reason = 'reason' in verdict ? verdict.reason : row && unfit(schema, row)
    if (row && reason === null) reason = tooFarAhead(row[schema.time] as Date, message.timestamp, maxFuture)
    if (!row || reason !== null) {
      rejected.push({ ...message, reason: reason ?? 'not a row' })
      continue
    }
    for (let i = 0; i < names.length; i++) builders[i]?.add(row[names[i] as string])
    offsets[length++] = message.offset
  }
  const trail = { offsets: offsets.subarray(0, length), watermarks: new Float64Array(length).fill(Number.NEGATIVE_INFINITY) }
  return {
    batch: inside.make(
      schema,
      builders.map((b) => b.finish()),
      length,
      trail,
    ),
    rejected,
  }
}

/** Protocol 5.5: a time absurdly far beyond the broker's own would close every window. */
function tooFarAhead(time: Date, timestamp: number | undefined, maxFuture: number): string | null {
  if (timestamp === undefined || time.getTime() - timestamp <= maxFuture) return null
  return `its time ${time.toISOString()} is more than ${maxFuture} ms after its message's, ${new Date(timestamp).toISOString()} (maxFuture)`
}
