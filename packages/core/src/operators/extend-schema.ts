import type { $ZodShape } from 'zod/v4/core'
import type { Schema, ShapeRow, Simplify } from '../batch/schema.ts'

/** Remembers the extension of each schema that passes: schemas are compared by identity on the hot path. */
export function schemaExtension<T, S extends $ZodShape>(
  suffix: string,
  shape: S,
): (schema: Schema<T>) => Schema<Simplify<Omit<T, keyof S> & ShapeRow<S>>> {
  const known = new WeakMap<Schema<T>, Schema<Simplify<Omit<T, keyof S> & ShapeRow<S>>>>()
  return (schema) => {
    let made = known.get(schema)
    if (!made) {
      made = schema.extend(`${schema.name}_${suffix}`, shape)
      known.set(schema, made)
    }
    return made
  }
}
