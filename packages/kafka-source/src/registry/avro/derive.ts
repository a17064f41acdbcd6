import { type Field, type Schema, TicketsError } from '@tickets/core'
import { decimalBytes } from '../decimal-bytes.ts'

/** A schema in Avro's JSON. */
export type AvroJson = string | readonly AvroJson[] | { readonly [key: string]: AvroJson | number | null }

/** Turns a value of a row into what Avro's encoder takes. */
type Convert = (value: never) => unknown

interface Made {
  readonly type: AvroJson
  readonly convert: Convert
}

const NAME = /^[A-Za-z_]\w*$/
const same: Convert = (value) => value

const simple: Readonly<Partial<Record<Field['kind'], Made>>> = {
  string: { type: 'string', convert: same },
  number: { type: 'double', convert: same },
  integer: { type: 'long', convert: same },
  int32: { type: 'int', convert: same },
  boolean: { type: 'boolean', convert: same },
  bytes: { type: 'bytes', convert: (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength) },
  instant: { type: { type: 'long', logicalType: 'timestamp-millis' }, convert: (value: Date) => value.getTime() },
  date: { type: { type: 'int', logicalType: 'date' }, convert: (value: string) => Date.parse(`${value}T00:00:00Z`) / 86_400_000 },
  json: { type: { type: 'string', logicalType: 'json' }, convert: (value: unknown) => JSON.stringify(value) },
}

/**
 * Returns the Avro schema of rows, and what turns a row into what Avro's encoder takes.
 *
 * @throws `SCHEMA_UNSUPPORTED` for a name that Avro does not allow
 * @example
 * deriveAvro(Ping).schema // { type: 'record', name: 'ping', fields: [{ name: 'id', type: 'string' }, …] }
 */
export function deriveAvro<T>(schema: Schema<T>): { readonly schema: AvroJson; readonly convert: (row: T) => unknown } {
  const { type, convert } = recordOf(new Names(), schema.name.replaceAll('-', '_').replace(/^(?=\d)/, '_'), '', schema.fields)
  return { schema: type, convert: convert as (row: T) => unknown }
}

/** Names of types, which stand once in a schema. */
class Names {
  readonly #taken = new Set<string>()

  take(name: string): string {
    const free = this.#taken.has(name) ? this.take(`${name}_`) : name
    this.#taken.add(free)
    return free
  }
}

function recordOf(names: Names, wanted: string, path: string, fields: readonly Field[]): Made {
  const name = names.take(wanted)
  const members = fields.map((field) => {
    const inner = path === '' ? field.name : `${path}.${field.name}`
    if (!NAME.test(field.name))
      throw new TicketsError('SCHEMA_UNSUPPORTED', `the name of column "${inner}" is none in Avro, which takes letters, digits and _: rename it`)
    const made = memberOf(names, `${name}_${field.name}`, inner, field)
    const mayMiss = field.optional || field.nullable
    return { name: field.name, ...made, json: { name: field.name, type: made.type, ...(mayMiss && { default: null }) } }
  })
  return {
    type: { type: 'record', name, fields: members.map(({ json }) => json) },
    convert: (row: Readonly<Record<string, unknown>>) => {
      const record: Record<string, unknown> = {}
      for (const member of members) record[member.name] = member.convert((Object.hasOwn(row, member.name) ? row[member.name] : null) as never)
      return record
    },
  }
}

function memberOf(names: Names, name: string, path: string, field: Field): Made {
  const { type, convert } = typeOf(names, name, path, field)
  if (!field.optional && !field.nullable) return { type, convert }
  return { type: ['null', type], convert: (value) => (value === null || value === undefined ? null : convert(value)) }
}

function typeOf(names: Names, name: string, path: string, field: Field): Made {
  const { kind, values, precision = 38, scale = 0, children = [] } = field
  const [child] = children as [Field]
  switch (kind) {
    case 'enum':
      return { type: values.every((value) => NAME.test(value)) ? { type: 'enum', name: names.take(name), symbols: values } : 'string', convert: same }
    case 'decimal':
      return {
        type: { type: 'bytes', logicalType: 'decimal', precision, scale },
        convert: (value: string) => Buffer.from(decimalBytes(value)),
      }
    case 'struct':
      return recordOf(names, name, path, children)
    case 'list': {
      const { type, convert } = memberOf(names, `${name}_element`, `${path}.element`, child)
      return { type: { type: 'array', items: type }, convert: (list: readonly never[]) => list.map((item) => convert(item)) }
    }
    case 'map': {
      const { type, convert } = memberOf(names, `${name}_value`, `${path}.value`, child)
      return {
        type: { type: 'map', values: type },
        convert: (map: object) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, convert(value as never)])),
      }
    }
    default:
      return simple[kind] as Made
  }
}
