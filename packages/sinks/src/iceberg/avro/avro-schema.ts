// The part of Avro that manifests use (avro.apache.org, "Specification").

/** A schema: the name of a plain type or of one that was defined before, a union as a list, or an object. */
export type AvroSchema = string | readonly AvroSchema[] | AvroObject

export interface AvroObject {
  readonly type: string | AvroSchema
  readonly name?: string
  readonly namespace?: string
  readonly fields?: readonly AvroField[]
  readonly items?: AvroSchema
  readonly values?: AvroSchema
  readonly symbols?: readonly string[]
  /** Bytes of a `fixed`. */
  readonly size?: number
  readonly [attribute: string]: unknown
}

export interface AvroField {
  readonly name: string
  readonly type: AvroSchema
  readonly [attribute: string]: unknown
}

/**
 * A value: long integers are numbers, and bigints where no number holds them; bytes and fixed are byte arrays; records and maps are objects, and a union
 * is the value itself.
 */
export type AvroValue = null | boolean | number | bigint | string | Uint8Array | readonly AvroValue[] | { readonly [name: string]: AvroValue }
export type AvroRecord = { readonly [name: string]: AvroValue }

export const MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 1)
/** Bytes between the blocks of a file. */
export const SYNC = 16

/** Named types that a schema may refer to by their names alone. */
export type Names = ReadonlyMap<string, AvroObject>

/** Returns the named types of a schema, which may stand in branches that no value takes. */
export function namesIn(schema: AvroSchema, names = new Map<string, AvroObject>()): Map<string, AvroObject> {
  if (typeof schema === 'string') return names
  if (Array.isArray(schema)) {
    for (const one of schema as readonly AvroSchema[]) namesIn(one, names)
    return names
  }
  const object = schema as AvroObject
  if (object.name !== undefined) {
    names.set(object.name, object)
    if (object.namespace !== undefined) names.set(`${object.namespace}.${object.name}`, object)
  }
  for (const inner of [object.type, object.items, object.values, ...(object.fields ?? []).map(({ type }) => type)]) if (inner) namesIn(inner, names)
  return names
}

/** Returns what a schema means: a plain type's name, a union, or an object. */
export function resolved(schema: AvroSchema, names: Names): string | readonly AvroSchema[] | AvroObject {
  if (typeof schema === 'string') return names.get(schema) ?? schema
  if (Array.isArray(schema)) return schema as readonly AvroSchema[]
  const object = schema as AvroObject
  return typeof object.type === 'string' ? object : resolved(object.type, names)
}
