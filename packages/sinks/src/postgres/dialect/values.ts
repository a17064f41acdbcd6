import type { Field } from '@tickets/core'
import { jsonValue } from '../../encoders/value-text.ts'
import type { Column } from '../../sql/connection/dialect.ts'
import { refuse } from '../../sql/rows.ts'

/** What a timestamp of PostgreSQL begins with; it ends after the last instant of a `Date`. */
const FIRST = Date.UTC(-4712, 0, 1)
const YEAR_DIGITS = 4

const needsQuotes = /["\\]/g
const quoted = (text: string) => `"${text.replaceAll(needsQuotes, '\\$&')}"`

/** A year as SQL writes it: the one before 1 is 1 BC. */
function dayText(year: number, rest: string): string {
  const written = String(year > 0 ? year : 1 - year).padStart(YEAR_DIGITS, '0')
  return `${written}${rest}${year > 0 ? '' : ' BC'}`
}

function instantText(name: string, value: Date): string {
  const ms = value.getTime()
  if (!(ms >= FIRST)) refuse(name, Number.isNaN(ms) ? 'no time' : value.toISOString(), 'and TIMESTAMPTZ begins in the year 4713 BC')
  const iso = value.toISOString()
  return dayText(value.getUTCFullYear(), iso.slice(iso.indexOf('-', 1)).replace('T', ' '))
}

/** A character that is escaped in JSON, with the backslashes before it: an even number of them is text. */
const escapes = /(?<!\\)((?:\\\\)*)\\u(0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/g

/** JSON as JSONB takes it: no U+0000, and half of a pair of surrogates becomes U+FFFD, as it does in every UTF-8. */
function jsonText(name: string, text: string): string {
  if (!text.includes('\\u')) return text
  return text.replaceAll(escapes, (_, before: string, code: string) => {
    if (code === '0000') refuse(name, 'the character U+0000 in its JSON', 'which JSONB cannot')
    return `${before}\\ufffd`
  })
}

/** Most characters of a column, which the server would cut silently where they are spaces; null for no limit. */
function lengthOf(type: string): number | null {
  const length = /^character varying\((\d+)\)$/.exec(type)?.[1]
  return length === undefined ? null : Number(length)
}

function textEncoder(name: string, type: string): (value: unknown) => string {
  const most = lengthOf(type)
  return (value) => {
    const text = value as string
    if (text.includes('\0')) refuse(name, 'a text with the character U+0000', 'which no text of PostgreSQL can')
    if (most !== null && text.length > most && [...text].length > most)
      refuse(name, `a text of ${[...text].length} characters`, `and the column is ${type}: make it longer (ALTER TABLE … ALTER COLUMN … TYPE text)`)
    return quoted(text)
  }
}

/** Returns how a value of a column is written as an element of an array, in PostgreSQL's own text; never called for null or an absent one. */
export function elementOf(field: Field, { type }: Column): (value: unknown) => string {
  const { name, kind } = field
  switch (kind) {
    case 'string':
    case 'enum':
      return textEncoder(name, type)
    case 'boolean':
      return (value) => (value ? 't' : 'f')
    case 'number':
      return (value) => (Object.is(value, -0) ? '-0' : String(value))
    case 'instant':
      return (value) => quoted(instantText(name, value as Date))
    case 'date':
      return (value) => quoted(dayText(Number((value as string).slice(0, YEAR_DIGITS)), (value as string).slice(YEAR_DIGITS)))
    case 'bytes':
      return (value) => `"\\\\x${Buffer.from(value as Uint8Array).toString('hex')}"`
    case 'json':
    case 'struct':
    case 'list':
    case 'map': {
      const text = jsonValue(field)
      return (value) => quoted(jsonText(name, text(value)))
    }
    default:
      return String
  }
}
