import type { Field } from '@tickets/core'
import { jsonValue } from '../../encoders/value-text.ts'
import type { Value } from '../../sql/connection/dialect.ts'
import { refuse } from '../../sql/rows.ts'

const FIRST_DAY = '0001-01-01'
const FIRST = Date.parse('0001-01-01T00:00:00.000Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

/** Returns how a value of a column goes to the server; never called for null or an absent one. */
export function encoderOf(field: Field): (value: unknown) => Value {
  const { name, kind } = field
  switch (kind) {
    case 'number':
      return (value) => (Number.isFinite(value) ? (value as number) : refuse(name, String(value), 'which a DOUBLE of MySQL cannot'))
    case 'boolean':
      return (value) => (value ? 1 : 0)
    case 'instant':
      return (value) => {
        const ms = (value as Date).getTime()
        if (!(ms >= FIRST && ms <= LAST))
          refuse(name, Number.isNaN(ms) ? 'no time' : (value as Date).toISOString(), 'and DATETIME goes from the year 1 to 9999')
        return (value as Date).toISOString().replace('T', ' ').slice(0, 23)
      }
    case 'date':
      return (value) => ((value as string) < FIRST_DAY ? refuse(name, value as string, 'and DATE goes from the year 1 to 9999') : (value as string))
    case 'json':
    case 'struct':
    case 'list':
    case 'map':
      return jsonValue(field)
    default:
      return (value) => value as Value
  }
}

/** Returns an upper bound of the bytes of a packet that a row takes. It is cheap, and close if texts are short. */
export function mostBytes(row: readonly Value[]): number {
  let bytes = 0
  for (const value of row) bytes += typeof value === 'string' ? 9 + 3 * value.length : 12 + (value instanceof Uint8Array ? value.length : 0)
  return bytes
}

/** Returns how many bytes of a packet a row takes. */
export function exactBytes(row: readonly Value[]): number {
  let bytes = 0
  for (const value of row) bytes += typeof value === 'string' ? 9 + Buffer.byteLength(value) : 12 + (value instanceof Uint8Array ? value.length : 0)
  return bytes
}
