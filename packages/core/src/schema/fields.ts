import type { $ZodShape, $ZodType } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import { zodChecks, zodDefinition } from '../base/zod-definition.ts'
import type { Field, Kind } from '../batch/field.ts'

const advice: Record<string, string> = {
  date: 'use instant(): z.date() has no JSON form',
  bigint: 'use z.int(): rows hold numbers, never bigint',
  nullish: 'choose z.optional() or z.nullable(): one validity bit cannot hold both',
  object: 'flatten it: a column holds one value',
  array: 'flatten it: a column holds one value',
  literal: 'use z.enum([…]) with its one member',
  default: 'make the column optional, and fill it in with mapRows',
  pipe: 'use instant() for times, and mapRows for other changes of type',
  transform: 'use mapRows after decoding',
}

function refuse(name: string, type: string): never {
  const hint = advice[type] ?? 'a column is a string, enum, number, integer, boolean or instant, or an optional or nullable one of these'
  throw new TicketsError('SCHEMA_UNSUPPORTED', `field "${name}" is a zod ${type}, which has no column: ${hint}`)
}

/** Returns INT64 for integers, INT32 where zod says so, and DOUBLE for other numbers (docs/internals/protocol.md#8). */
function numberKind(type: $ZodType): Kind {
  const formats = zodChecks(type).map(({ format }) => format)
  if (formats.includes('int32')) return 'int32'
  return formats.includes('safeint') || formats.includes('uint32') ? 'integer' : 'number'
}

function kindOf(name: string, type: $ZodType): { kind: Kind; values: readonly string[] } {
  const def = zodDefinition(type)
  if (def.coerce) refuse(name, `coerced ${def.type}`)
  switch (def.type) {
    case 'string':
      return { kind: 'string', values: [] }
    case 'number':
      return { kind: numberKind(type), values: [] }
    case 'boolean':
      return { kind: 'boolean', values: [] }
    case 'enum': {
      const values = Object.values(def.entries ?? {})
      if (!values.every((value) => typeof value === 'string')) refuse(name, 'enum of numbers')
      return { kind: 'enum', values: [...new Set(values as string[])] }
    }
    case 'pipe': {
      // A codec from text to Date is an instant, whoever wrote it; its own decode and encode are used.
      const isCodec = def.in && def.out && zodDefinition(def.in).type === 'string' && zodDefinition(def.out).type === 'date'
      return isCodec ? { kind: 'instant', values: [] } : refuse(name, 'pipe')
    }
    default:
      return refuse(name, def.type)
  }
}

function fieldOf(name: string, zod: $ZodType): Field {
  let type = zod
  let optional = false
  let nullable = false
  for (let def = zodDefinition(type); def.type === 'optional' || def.type === 'nullable'; def = zodDefinition(type)) {
    if (def.type === 'optional') optional = true
    else nullable = true
    type = def.innerType as $ZodType
  }
  if (optional && nullable) refuse(name, 'nullish')
  return { name, ...kindOf(name, type), optional, nullable }
}

/** Returns the columns of a zod shape, in its order. Throws `SCHEMA_UNSUPPORTED` with the field's name. */
export function fieldsOf(shape: $ZodShape): readonly Field[] {
  const fields = Object.entries(shape).map(([name, type]) => fieldOf(name, type))
  // Readers of CSV and of Arrow take it for the byte order mark of the file, and miss the column.
  const marked = fields.find(({ name }) => name.startsWith('\ufeff'))
  if (marked)
    throw new TicketsError('SCHEMA_UNSUPPORTED', `the name of column "${marked.name.slice(1)}" begins with U+FEFF, a byte order mark: remove it`)
  if (fields.length === 0) throw new TicketsError('SCHEMA_UNSUPPORTED', 'a schema needs at least one column')
  return fields
}
