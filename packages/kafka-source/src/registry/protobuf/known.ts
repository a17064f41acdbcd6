import { decimalOf } from '../decimal-bytes.ts'
import { InvalidValue } from '../invalid-value.ts'
import type { Target } from '../target.ts'
import type { Convert, Wide } from './scalars.ts'

const MAX_DATE_MS = 8.64e15
const isAny = ({ kind }: Target) => kind === 'any' || kind === 'json'

/** Returns an instant as the column's messages have it. */
function instantOf({ path, time }: Target, ms: number): string | number {
  if (!(Math.abs(ms) <= MAX_DATE_MS)) throw new InvalidValue(`${path}: ${ms} milliseconds since 1970 are beyond the times of a Date`)
  if (time === 'ms') return ms
  if (time === 'us') return ms * 1000
  return time === 's' ? ms / 1000 : new Date(ms).toISOString()
}

const timestamp = (target: Target): Convert | null => {
  if (!isAny(target) && (target.kind !== 'instant' || target.time === 'own')) return null
  return ({ seconds, nanos }: { seconds: Wide | number; nanos: number }) => instantOf(target, Number(seconds) * 1000 + Math.floor(nanos / 1e6))
}

const duration = (target: Target): Convert | null => {
  if (!isAny(target) && target.kind !== 'string') return null
  return ({ seconds, nanos }: { seconds: Wide | number; nanos: number }) => {
    const sign = Number(seconds) < 0 || nanos < 0 ? '-' : ''
    const fraction = String(Math.abs(nanos)).padStart(9, '0').replace(/0+$/, '')
    return `${sign}${String(seconds).replace('-', '')}${fraction === '' ? '' : `.${fraction}`}s`
  }
}

const decimal = (target: Target): Convert | null => {
  if (!isAny(target) && target.kind !== 'decimal') return null
  return ({ value, scale }: { value: Uint8Array; scale: number }) => {
    if (scale < 0 || scale > 1000) throw new InvalidValue(`${target.path}: a decimal of scale ${scale}`)
    return decimalOf(value, 0, value.length, scale)
  }
}

const day = (target: Target): Convert | null => {
  if (!isAny(target) && target.kind !== 'date') return null
  return ({ year, month, day }: { year: number; month: number; day: number }) =>
    `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** A `google.protobuf.Value`: its one member has the name of the file, or that of its JSON. */
type AnyValue = Readonly<Record<string, unknown>>

const members = ['null_value', 'number_value', 'string_value', 'bool_value', 'struct_value', 'list_value']
const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const names = new Map(members.flatMap((name) => [[name, name] as const, [camel(name), name] as const]))

const structOf = ({ fields }: { readonly fields: Readonly<Record<string, AnyValue>> }) =>
  Object.fromEntries(Object.entries(fields).map(([key, item]) => [key, jsonOf(item)]))
const listOf = ({ values }: { readonly values: readonly AnyValue[] }) => values.map(jsonOf)

/** Returns the JSON of a `google.protobuf.Value`. */
function jsonOf(value: AnyValue): unknown {
  const name = Object.keys(value).find((key) => names.has(key)) ?? ''
  const item = value[name]
  switch (names.get(name)) {
    case 'null_value':
      return null
    case 'number_value':
      if (Number.isFinite(item)) return item
      throw new InvalidValue(`${item} is no finite number`)
    case 'string_value':
    case 'bool_value':
      return item
    case 'struct_value':
      return structOf(item as { fields: Record<string, AnyValue> })
    case 'list_value':
      return listOf(item as { values: AnyValue[] })
    default:
      throw new InvalidValue('a google.protobuf.Value without a value')
  }
}

const value = (convert: Convert) => (target: Target) => (isAny(target) ? convert : null)

const known: Readonly<Record<string, (target: Target) => Convert | null>> = {
  '.google.protobuf.Timestamp': timestamp,
  '.google.protobuf.Duration': duration,
  '.confluent.type.Decimal': decimal,
  '.google.type.Date': day,
  '.google.protobuf.Value': value(jsonOf),
  '.google.protobuf.Struct': value(structOf),
  '.google.protobuf.ListValue': value(listOf),
}

/**
 * Returns what makes JSON of a message that has a meaning of its own, such as a timestamp: null where the column does not take it, undefined for any
 * other message.
 */
export function knownConvert(fullName: string, target: Target): Convert | null | undefined {
  return Object.hasOwn(known, fullName) ? known[fullName]?.(target) : undefined
}

/** Returns whether a message stands for a single value that may be absent, such as `google.protobuf.StringValue`. */
export const isWrapper = (fullName: string): boolean => /^\.google\.protobuf\.(Double|Float|U?Int(64|32)|Bool|String|Bytes)Value$/.test(fullName)
