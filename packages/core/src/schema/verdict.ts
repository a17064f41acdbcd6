import { safeParse } from 'zod/v4/core'
import type { Field, Schema } from './schema.ts'

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

/** Why a value that zod accepts cannot stand in its column, or null. */
export function unfit({ name, kind }: Field, value: unknown): string | null {
  if (kind === 'string' && typeof value === 'string' && !value.isWellFormed()) return `${name}: half a surrogate pair has no UTF-8`
  if (kind === 'instant' && value instanceof Date && Number.isNaN(value.getTime())) return `${name}: not an instant`
  return null
}
