import * as z from 'zod'
import type { $ZodShape, $ZodType } from 'zod/v4/core'
import { unwrapped, zodDefinition, zodShape } from '../../base/zod-definition.ts'
import { fieldOf } from '../../schema/fields.ts'
import type { Plan } from './locate-fields.ts'
import type { Redaction } from './redacted-row.ts'

/** Returns the columns of a row after the fields of a plan are dropped, or are text. Columns that no field is in keep their types. */
export function redactedShape(shape: $ZodShape, plan: Plan, how: Redaction): $ZodShape {
  const kept = Object.entries(shape).filter(([name]) => how !== 'drop' || plan.get(name) !== null)
  return Object.fromEntries(
    kept.map(([name, type]) => {
      const inner = plan.get(name)
      if (inner === undefined) return [name, type]
      return [name, changed(type, inner === null ? textType : (core) => objectType(core, inner, how))]
    }),
  )
}

/** Changes what is inside of optional, nullable and default types, and inside of lists and maps. */
function changed(type: $ZodType, change: (core: $ZodType) => $ZodType): $ZodType {
  const { optional, nullable } = fieldOf('', type)
  const core = unwrapped(type).type
  const { type: kind, element, valueType } = zodDefinition(core)
  const inside = (inner: $ZodType | undefined) => changed(inner as $ZodType, change) as z.ZodType
  let made = (kind === 'array' ? z.array(inside(element)) : kind === 'record' ? z.record(z.string(), inside(valueType)) : change(core)) as z.ZodType
  if (nullable) made = z.nullable(made)
  return optional ? z.optional(made) : made
}

const textType = () => z.string()

function objectType(core: $ZodType, plan: Plan, how: Redaction): $ZodType {
  const { type, options = [], discriminator = '' } = zodDefinition(core)
  const object = (one: $ZodType) => z.object(redactedShape(zodShape(one), plan, how) as never)
  return type === 'union' ? z.discriminatedUnion(discriminator, options.map(object) as never) : object(core)
}
