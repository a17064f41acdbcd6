/** A logical type of Avro that has a meaning here. */
export type Logical =
  | { readonly is: 'decimal'; readonly scale: number }
  | { readonly is: 'timestamp'; readonly perMilli: 1 | 1e3 | 1e6 }
  | { readonly is: 'local-timestamp' | 'date' | 'uuid' | 'json' }

export interface AvroField {
  readonly name: string
  readonly type: AvroType
}

/** A type of an Avro schema, with its names resolved. A record may contain itself. */
export type AvroType =
  | {
      readonly type: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'
      readonly logical: Logical | null
    }
  | { readonly type: 'fixed'; readonly name: string; readonly size: number; readonly logical: Logical | null }
  | { readonly type: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly type: 'record'; readonly name: string; readonly fields: AvroField[] }
  | { readonly type: 'array'; readonly items: AvroType }
  | { readonly type: 'map'; readonly values: AvroType }
  | { readonly type: 'union'; readonly branches: readonly AvroType[] }

/** Types by their full names. */
export type AvroNames = Map<string, AvroType>

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
const perMilli: Readonly<Record<string, 1 | 1e3 | 1e6>> = { 'timestamp-millis': 1, 'timestamp-micros': 1e3, 'timestamp-nanos': 1e6 }

type Json = { readonly [key: string]: unknown }

/**
 * Returns the type that a schema's JSON describes, and adds the types that it names.
 *
 * @throws an error that says what is wrong with it
 * @example
 * parseAvro('"string"', new Map()) // { type: 'string', logical: null }
 */
export function parseAvro(text: string, names: AvroNames): AvroType {
  return typeOf(JSON.parse(text), '', names)
}

function typeOf(json: unknown, space: string, names: AvroNames): AvroType {
  if (typeof json === 'string') return named(json, space, names)
  if (Array.isArray(json)) return { type: 'union', branches: json.map((branch) => typeOf(branch, space, names)) }
  if (typeof json !== 'object' || json === null) throw new Error(`${JSON.stringify(json)} is no type`)
  const { type, items, values } = json as Json
  if (type === 'array') return { type, items: typeOf(items, space, names) }
  if (type === 'map') return { type, values: typeOf(values, space, names) }
  if (type === 'record' || type === 'error' || type === 'enum' || type === 'fixed') return namedType(json as Json, space, names)
  const inner = typeOf(type, space, names)
  return 'logical' in inner && inner.type !== 'fixed' ? { type: inner.type, logical: logicalOf(json as Json, inner.type) } : inner
}

function named(name: string, space: string, names: AvroNames): AvroType {
  if (primitives.has(name)) return { type: name as 'string', logical: null }
  const found = names.get(name.includes('.') || space === '' ? name : `${space}.${name}`) ?? names.get(name)
  if (!found) throw new Error(`it names the type ${name}, which neither it nor its references define`)
  return found
}

function namedType(json: Json, space: string, names: AvroNames): AvroType {
  const { type, name, namespace, fields = [], symbols = [], size } = json
  if (typeof name !== 'string') throw new Error(`a ${String(type)} has no name`)
  const at = name.lastIndexOf('.')
  const inner = at >= 0 ? name.slice(0, at) : typeof namespace === 'string' ? namespace : space
  const full = at >= 0 || inner === '' ? name : `${inner}.${name}`
  if (type === 'enum') return defined(full, { type, name: full, symbols: (symbols as unknown[]).map(String) }, names)
  if (type === 'fixed') {
    if (typeof size !== 'number' || !(size >= 0)) throw new Error(`the fixed ${full} has no size`)
    return defined(full, { type, name: full, size, logical: logicalOf(json, 'fixed', size) }, names)
  }
  const all: AvroField[] = []
  const record = defined(full, { type: 'record', name: full, fields: all }, names)
  for (const field of fields as Json[]) all.push({ name: String(field.name), type: typeOf(field.type, inner, names) })
  return record
}

function defined(name: string, type: AvroType, names: AvroNames): AvroType {
  names.set(name, type)
  return type
}

/** Returns a logical type; null where it does not go with the type, which readers have to ignore. */
function logicalOf({ logicalType, precision, scale = 0 }: Json, type: string, size = 0): Logical | null {
  if (logicalType === 'decimal' && (type === 'bytes' || type === 'fixed')) {
    const isSound = Number.isInteger(precision) && Number.isInteger(scale) && (scale as number) >= 0 && (scale as number) <= (precision as number)
    return isSound ? { is: 'decimal', scale: scale as number } : null
  }
  if (typeof logicalType !== 'string') return null
  if (type === 'long' && Object.hasOwn(perMilli, logicalType)) return { is: 'timestamp', perMilli: perMilli[logicalType] as 1 }
  if (type === 'long' && logicalType.startsWith('local-timestamp-')) return { is: 'local-timestamp' }
  // Our own: other readers see text.
  if (type === 'string' && logicalType === 'json') return { is: 'json' }
  if (type === 'int' && logicalType === 'date') return { is: 'date' }
  return logicalType === 'uuid' && (type === 'string' || size === 16) ? { is: 'uuid' } : null
}
