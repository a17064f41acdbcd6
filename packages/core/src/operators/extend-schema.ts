import type { $ZodShape } from 'zod/v4/core'
import type { Schema } from '../batch/batch.ts'

/**
 * Returns a function that extends the schema of a batch with these columns, or with those that `shape` makes of the schema. It returns the same schema for the same input, since batches of one flow
 * have to share a schema.
 *
 * `Row` is the row of the extended schema: the caller knows it, since the type of `shape` may be computed.
 */
export function schemaExtension<T, Row>(suffix: string, shape: $ZodShape | ((schema: Schema<T>) => $ZodShape)): (schema: Schema<T>) => Schema<Row> {
  const known = new WeakMap<Schema<T>, Schema<Row>>()
  return (schema) => {
    let made = known.get(schema)
    if (!made) {
      const extended: Schema<unknown> = schema.extend(`${schema.name}_${suffix}`, typeof shape === 'function' ? shape(schema) : shape)
      made = extended as Schema<Row>
      known.set(schema, made)
    }
    return made
  }
}
