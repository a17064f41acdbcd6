import { type Field, type Schema, TicketsError } from '@tickets/core'
import { NumbersOf } from './numbers.ts'
import type { Convert } from './scalars.ts'

interface Made {
  /** The type in a .proto file. */
  readonly type: string
  readonly convert: Convert
  /** It may not stand in a list or map, and has no `optional`. */
  readonly isMany?: boolean
}

const NAME = /^[A-Za-z_]\w*$/
const same: Convert = (value) => value

const simple: Readonly<Partial<Record<Field['kind'], Made>>> = {
  string: { type: 'string', convert: same },
  // A .proto file gives the members of an enum one scope for all, and a first one that is the default.
  enum: { type: 'string', convert: same },
  decimal: { type: 'string', convert: same },
  date: { type: 'string', convert: same },
  number: { type: 'double', convert: same },
  integer: { type: 'int64', convert: same },
  int32: { type: 'int32', convert: same },
  boolean: { type: 'bool', convert: same },
  bytes: { type: 'bytes', convert: same },
  instant: {
    type: 'google.protobuf.Timestamp',
    convert: (value: Date) => {
      const ms = value.getTime()
      const seconds = Math.floor(ms / 1000)
      return { seconds, nanos: (ms - seconds * 1000) * 1e6 }
    },
  },
  json: { type: 'google.protobuf.Value', convert: (value: unknown) => anyValue(value) },
}

/** Returns a JSON value as a `google.protobuf.Value`. */
function anyValue(value: unknown): object {
  if (value === null) return { nullValue: 0 }
  if (typeof value === 'number') return { numberValue: value }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (Array.isArray(value)) return { listValue: { values: value.map(anyValue) } }
  return { structValue: { fields: Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, anyValue(item)])) } }
}

const unsupported = (path: string, what: string, advice: string) =>
  new TicketsError('SCHEMA_UNSUPPORTED', `column "${path}" is ${what}, which Protobuf does not have: ${advice}`)

const pascal = (name: string) => name.replace(/(^|[-_])([A-Za-z0-9])/g, (_, __, letter: string) => letter.toUpperCase()).replace(/^(?=\d)/, '_')

/**
 * Returns the .proto file of rows, the name of its message, and what turns a row into what protobufjs encodes. Fields keep the numbers that they have in
 * `latest`, and numbers of fields that are gone are not given again.
 *
 * @throws `SCHEMA_UNSUPPORTED` for a column that Protobuf has nothing for
 */
export function deriveProtobuf<T>(schema: Schema<T>, latest: string | null) {
  const message = pascal(schema.name)
  const { lines, convert } = messageOf(message, '', schema.fields, new NumbersOf(latest))
  const imports = ['timestamp', 'struct'].filter((name) =>
    lines.some((line) => line.includes(name === 'struct' ? 'protobuf.Value' : 'protobuf.Timestamp')),
  )
  const head = ['syntax = "proto3";', ...imports.map((name) => `import "google/protobuf/${name}.proto";`)]
  return { schema: `${[...head, ...lines].join('\n')}\n`, message, convert: convert as (row: T) => object }
}

function messageOf(message: string, path: string, fields: readonly Field[], numbers: NumbersOf): { lines: string[]; convert: Convert } {
  const nested: string[] = []
  const members = fields.map((field) => {
    const inner = path === '' ? field.name : `${path}.${field.name}`
    if (!NAME.test(field.name)) throw unsupported(inner, 'named with other characters than letters, digits and _', 'rename it')
    return { field, made: typeOf(message, inner, field, nested, numbers) }
  })
  const given = numbers.of(
    message,
    fields.map(({ name }) => name),
  )
  const lines = members.map(({ field, made }) => {
    const mayMiss = !made.isMany && (field.optional || field.nullable)
    return `  ${mayMiss ? 'optional ' : ''}${made.type} ${field.name} = ${given.numbers.get(field.name)};`
  })
  const reserved = given.reserved.length > 0 ? [`  reserved ${given.reserved.join(', ')};`] : []
  const convert: Convert = (row: Readonly<Record<string, unknown>>) => {
    const made: Record<string, unknown> = {}
    for (const { field, made: member } of members) {
      const value = Object.hasOwn(row, field.name) ? row[field.name] : undefined
      if (value !== null && value !== undefined) made[field.name] = member.convert(value as never)
    }
    return made
  }
  return { lines: [`message ${message.split('.').at(-1)} {`, ...reserved, ...nested.map((line) => `  ${line}`), ...lines, '}'], convert }
}

function typeOf(message: string, path: string, field: Field, nested: string[], numbers: NumbersOf): Made {
  const { kind, children = [] } = field
  const [child] = children as [Field]
  switch (kind) {
    case 'struct': {
      const name = pascal(field.name)
      const { lines, convert } = messageOf(`${message}.${name}`, path, children, numbers)
      nested.push(...lines)
      return { type: name, convert }
    }
    case 'list':
    case 'map': {
      if (field.optional || field.nullable) throw unsupported(path, `a ${kind} that may be missing`, 'give it a default: .default([]), .default({})')
      const inside = kind === 'list' ? `${path}.element` : `${path}.value`
      if (child.nullable) throw unsupported(inside, `null in a ${kind}`, 'filter nulls, or use json()')
      const element = typeOf(message, inside, { ...child, name: field.name }, nested, numbers)
      if (element.isMany) throw unsupported(inside, `a ${kind} of lists or maps`, 'use json(), or an object with the inner one')
      if (kind === 'list')
        return { type: `repeated ${element.type}`, isMany: true, convert: (list: readonly never[]) => list.map((item) => element.convert(item)) }
      const convert: Convert = (map: object) => Object.fromEntries(Object.entries(map).map(([key, item]) => [key, element.convert(item as never)]))
      return { type: `map<string, ${element.type}>`, isMany: true, convert }
    }
    default:
      return simple[kind] as Made
  }
}
