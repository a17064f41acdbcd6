import type { $ZodType } from 'zod/v4/core'
import { zodDefinition } from '../../base/zod-definition.ts'
import type { Schema } from '../../batch/batch.ts'
import type { Field } from '../../batch/field.ts'
import { isPlain } from './read.ts'
import { type FieldRule, ruleOf } from './rules.ts'

/** Describes a fast decoder as plain data, which can go to another thread. */
export interface RowPlan {
  readonly fields: readonly Field[]
  readonly rules: readonly FieldRule[]
  /** Unknown keys make a message invalid. */
  readonly strict: boolean
}

/** Returns the plan of a schema, or null where only zod can judge a row: it has checks on the whole object, or names that JSON escapes. */
export function rowPlan(schema: Schema<unknown>): RowPlan | null {
  const { checks = [], catchall, shape = {} } = zodDefinition(schema.zod)
  const { fields } = schema
  if (checks.length > 0 || !fields.every(({ name }) => isPlain(name))) return null
  return { fields, rules: fields.map((field) => ruleOf(field, shape[field.name] as $ZodType)), strict: catchall !== undefined }
}
