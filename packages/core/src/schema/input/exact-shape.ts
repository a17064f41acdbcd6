import type { $ZodType } from 'zod/v4/core'
import { zodDefinition } from '../../base/zod-definition.ts'
import type { Field } from '../../store/field.ts'
import { decimalType } from '../../values/decimal.ts'

const known = new WeakMap<$ZodType, Field>()
const FIELD: Field = { name: '', kind: 'json', values: [], optional: false, nullable: false }

/**
 * Returns where decimals stand in values of any zod type, as a tree of columns: their numbers are read from their digits. In a z.lazy and in a union of
 * plain types they are read as doubles.
 */
export function exactShape(type: $ZodType): Field {
  const made = known.get(type) ?? shapeOf(type)
  known.set(type, made)
  return made
}

function shapeOf(type: $ZodType, name = ''): Field {
  const def = zodDefinition(type)
  const field = { ...FIELD, name }
  if (def.type === 'pipe' && decimalType(def.transform)) return { ...field, kind: 'decimal' }
  const inner = def.innerType ?? (def.type === 'pipe' ? def.in : undefined)
  if (inner) return shapeOf(inner, name)
  if (def.type === 'object') return { ...field, kind: 'struct', children: membersOf(def.shape) }
  if (def.type === 'array' && def.element) return { ...field, kind: 'list', children: [shapeOf(def.element)] }
  if (def.type === 'record' && def.valueType) return { ...field, kind: 'map', children: [shapeOf(def.valueType)] }
  if (def.discriminator !== undefined) return { ...field, kind: 'struct', children: unionMembers(def.options ?? []) }
  return field
}

const membersOf = (shape: object = {}): Field[] => Object.entries(shape).map(([name, type]) => shapeOf(type as $ZodType, name))

/** The members of all variants; one that is a decimal in one of them and something else in another one is read as a double. */
function unionMembers(options: readonly $ZodType[]): Field[] {
  const members = new Map<string, Field>()
  for (const member of options.flatMap((option) => shapeOf(option).children ?? [])) {
    const before = members.get(member.name)
    members.set(member.name, before && before.kind !== member.kind ? { ...FIELD, name: member.name } : member)
  }
  return [...members.values()]
}
