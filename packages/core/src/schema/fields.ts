import type { $ZodShape, $ZodType } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import { type ZodDefinition, zodChecks, zodDefinition } from '../base/zod-definition.ts'
import type { Field, FieldType, Kind } from '../store/field.ts'
import { isBytes } from '../values/bytes.ts'
import { isDateCheck } from '../values/date.ts'
import { decimalType } from '../values/decimal.ts'
import { isJsonCheck } from '../values/json-value.ts'
import { refuse } from './refuse-type.ts'
import { literalType, unionType } from './unions.ts'

/** Returns INT64 for integers, INT32 where zod says so, and DOUBLE for other numbers (docs/internals/protocol.md#8). */
function numberKind(type: $ZodType): Kind {
  const formats = zodChecks(type).map(({ format }) => format)
  if (formats.includes('int32')) return 'int32'
  return formats.includes('safeint') || formats.includes('uint32') ? 'integer' : 'number'
}

function pipeType(name: string, def: ZodDefinition): FieldType {
  const decimal = decimalType(def.transform)
  if (decimal) return { kind: 'decimal', values: [], ...decimal }
  if (isBytes(def.transform)) return { kind: 'bytes', values: [] }
  // A codec from text or a number to Date is an instant, whoever wrote it; its own decode and encode are used.
  const isTime = def.in && def.out && ['string', 'number'].includes(zodDefinition(def.in).type) && zodDefinition(def.out).type === 'date'
  return isTime ? { kind: 'instant', values: [] } : refuse(name, 'pipe')
}

function elementOf(name: string, key: string, type: $ZodType | undefined): readonly Field[] {
  const field = fieldOf(key, type as $ZodType, `${name}.${key}`)
  if (field.optional) refuse(name, 'collection of optional values', 'JSON has no absent element: use z.nullable()')
  return [field]
}

function structType(name: string, { shape = {}, catchall }: ZodDefinition): FieldType {
  if (catchall && zodDefinition(catchall).type !== 'never')
    refuse(name, 'loose object', 'its unknown keys have no column: use z.object(), z.record() or json()')
  const inherited = Object.keys(shape).find((key) => key in Object.prototype)
  if (inherited) refuse(name, `object with a member "${inherited}"`, 'every object inherits that name: only columns of the row itself may have it')
  return { kind: 'struct', values: [], children: fieldsOf(shape, name) }
}

/** What to use for coerced types that have no column without it either. */
const uncoerced: Record<string, string> = { date: 'instant()', bigint: 'z.int()' }

function typeOf(name: string, type: $ZodType): FieldType {
  const def = zodDefinition(type)
  if (def.coerce)
    refuse(name, `coerced ${def.type}`, `use ${uncoerced[def.type] ?? `z.${def.type}()`}, or coerce in \`from\` and make rows with \`map\``)
  switch (def.type) {
    case 'string':
      return { kind: zodChecks(type).some(({ fn }) => isDateCheck(fn)) ? 'date' : 'string', values: [] }
    case 'number':
      return { kind: numberKind(type), values: [] }
    case 'boolean':
      return { kind: 'boolean', values: [] }
    case 'enum': {
      const values = Object.values(def.entries ?? {})
      if (!values.every((value) => typeof value === 'string')) refuse(name, 'enum of numbers')
      return { kind: 'enum', values: [...new Set(values as string[])] }
    }
    case 'literal':
      return literalType(name, def.values ?? [])
    case 'pipe':
      return pipeType(name, def)
    case 'object':
      return structType(name, def)
    case 'array':
      return { kind: 'list', values: [], children: elementOf(name, 'element', def.element) }
    case 'record': {
      const key = def.keyType && zodDefinition(def.keyType)
      if (key?.type !== 'string') refuse(name, 'record with keys that are no plain strings', 'use z.record(z.string(), …) or z.object()')
      return { kind: 'map', values: [], children: elementOf(name, 'value', def.valueType) }
    }
    case 'union':
      return unionType(name, def, fieldOf)
    case 'custom':
      return isJsonCheck(def.fn) ? { kind: 'json', values: [] } : refuse(name, def.type)
    default:
      return refuse(name, def.type)
  }
}

/** Returns the column of a zod type. `path` names it in errors. */
export function fieldOf(name: string, zod: $ZodType, path = name): Field {
  let type = zod
  let optional = false
  let nullable = false
  for (let def = zodDefinition(type); wrappers.has(def.type); def = zodDefinition(type)) {
    if (def.type === 'nullable') nullable = true
    // What is inside of a default may be optional: the default is what comes out then.
    else if (def.type === 'optional') optional = true
    else if (!optional) return withDefault(name, def.innerType as $ZodType, path, nullable)
    type = def.innerType as $ZodType
  }
  return { name, ...typeOf(path, type), optional, nullable }
}

const wrappers = new Set(['optional', 'nullable', 'default'])

function withDefault(name: string, inner: $ZodType, path: string, nullable: boolean): Field {
  const field = fieldOf(name, inner, path)
  return { ...field, optional: false, nullable: nullable || field.nullable }
}

/** Returns the columns of a zod shape, in its order. Throws `SCHEMA_UNSUPPORTED` with the field's name. */
export function fieldsOf(shape: $ZodShape, path?: string): readonly Field[] {
  const fields = Object.entries(shape).map(([name, type]) => fieldOf(name, type, path === undefined ? name : `${path}.${name}`))
  // Readers of CSV and of Arrow take it for the byte order mark of the file, and miss the column.
  const marked = fields.find(({ name }) => name.startsWith('\ufeff'))
  if (marked)
    throw new TicketsError('SCHEMA_UNSUPPORTED', `the name of column "${marked.name.slice(1)}" begins with U+FEFF, a byte order mark: remove it`)
  if (fields.length === 0 && path !== undefined) refuse(path, 'object without members', 'give it a member, or use json()')
  if (fields.length === 0) throw new TicketsError('SCHEMA_UNSUPPORTED', 'a schema needs at least one column')
  return fields
}
