import { type Batch, type Field, TicketsError } from '@tickets/core'
import { columnReaders } from '@tickets/core/internal'
import { jsonValue } from '../../encoders/value-text.ts'
import type { Value } from '../connection/client.ts'

const FIRST_DAY = '0001-01-01'
const FIRST = Date.parse('0001-01-01T00:00:00.000Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

function refuse(name: string, value: string, what: string): never {
  throw new TicketsError('ENCODER_FAILED', `column "${name}" holds ${value}, ${what}: filter or replace it with mapRows`)
}

/** How a value of a column goes to the server; never called for null or an absent one. */
function encoderOf(field: Field): (value: unknown) => Value {
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

/** Yields the values of each row, in schema order; an absent one is NULL. */
export function* rowsOf(batch: Batch<unknown>): Generator<Value[]> {
  const columns = columnReaders(batch).map(({ field, read }) => {
    // In a column of JSON that may not be null, null is a value.
    const isValue = field.kind === 'json' && !field.nullable
    return { read, encode: encoderOf(field), isValue }
  })
  for (let i = 0; i < batch.length; i++) {
    yield columns.map(({ read, encode, isValue }) => {
      const value = read(i)
      return value === undefined || (value === null && !isValue) ? null : encode(value)
    })
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
