import { base64Of } from '@tickets/core/internal'
import type { Enum, Field } from 'protobufjs'
import { InvalidValue } from '../invalid-value.ts'
import type { Target } from '../target.ts'

/** Returns the JSON of a value as protobufjs decodes it. */
export type Convert = (value: never) => unknown

/** A number of 64 bits, as protobufjs decodes it. */
export interface Wide {
  toNumber(): number
  toString(): string
}

const same: Convert = (value) => value
const isAny = ({ kind }: Target) => kind === 'any' || kind === 'json'
const texts = new Set(['string', 'enum', 'date', 'decimal'])
const numbers = new Set(['number', 'integer', 'int32'])

/** Returns what makes JSON of a single value; null where the column does not take the type. */
export function scalarConvert(field: Field, target: Target): Convert | null {
  const { kind, path, time } = target
  const isNumber = numbers.has(kind) || isAny(target)
  switch (field.type) {
    case 'string':
      return texts.has(kind) || isAny(target) || (kind === 'instant' && time === 'iso') ? same : null
    case 'bool':
      return kind === 'boolean' || isAny(target) ? same : null
    case 'bytes':
      return kind === 'bytes' || isAny(target) ? (value: Uint8Array) => base64Of(value) : null
    case 'double':
    case 'float':
      return kind === 'number' || isAny(target) ? (value: number) => finite(path, value) : null
    default:
      if (kind === 'string' || kind === 'decimal') return (value: Wide) => String(value)
      if (!isNumber && !(kind === 'instant' && time !== 'iso')) return null
      return field.type.includes('64') ? (value: Wide) => safe(path, value) : same
  }
}

function finite(path: string, value: number): number {
  if (Number.isFinite(value)) return value
  throw new InvalidValue(`${path}: ${value} is no finite number`)
}

function safe(path: string, value: Wide): number {
  const number = value.toNumber()
  if (Number.isSafeInteger(number)) return number
  throw new InvalidValue(`${path}: ${value} is beyond 2^53, which no number holds exactly: use decimal() or z.string() for this column`)
}

/** Returns what makes JSON of a member of an enum; null where the column does not take it. */
export function enumConvert({ valuesById, name }: Enum, target: Target): Convert | null {
  if (target.kind !== 'string' && target.kind !== 'enum' && !isAny(target)) return null
  return (value: number) => {
    const text = valuesById[value]
    if (text !== undefined) return text
    throw new InvalidValue(`${target.path}: ${value} is no member of the enum ${name}`)
  }
}
