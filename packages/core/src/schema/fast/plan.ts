import type { $ZodType } from 'zod/v4/core'
import { zodDefinition } from '../../base/zod-definition.ts'
import type { Schema } from '../../batch/batch.ts'
import type { Field } from '../../batch/field.ts'
import { isPlain } from './read.ts'
import { type FieldRule, ruleOf } from './rules.ts'

/** What a decoder is made of: plain data, which can go to another thread. */
export interface RowPlan {
  readonly fields: readonly Field[]
  readonly rules: readonly FieldRule[]
  /** Unknown keys are not dropped in silence. */
  readonly strict: boolean
}

/** The plan of a schema, or null where only zod can judge a row: checks on the whole object, names that JSON has to escape. */
export function rowPlan(schema: Schema<unknown>): RowPlan | null {
  const { checks = [], catchall, shape = {} } = zodDefinition(schema.zod)
  const { fields } = schema
  if (checks.length > 0 || !fields.every(({ name }) => isPlain(name))) return null
  return { fields, rules: fields.map((field) => ruleOf(field, shape[field.name] as $ZodType)), strict: catchall !== undefined }
}
