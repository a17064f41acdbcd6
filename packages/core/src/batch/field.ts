import type { $ZodShape, output } from 'zod/v4/core'

/** Names the seven kinds of column. `integer` is INT64 in files, `int32` INT32, `number` DOUBLE, `instant` TIMESTAMP(ms, UTC). */
export type Kind = 'string' | 'enum' | 'number' | 'integer' | 'int32' | 'boolean' | 'instant'

/** One column of a schema. */
export interface Field {
  readonly name: string
  readonly kind: Kind
  /** The members of an enum in their order; empty for the other kinds. */
  readonly values: readonly string[]
  /** The key may be absent from a row. Never true together with `nullable`. */
  readonly optional: boolean
  /** The value may be null. */
  readonly nullable: boolean
}

/** The JSON Schema of a row as it stands in a message (draft 2020-12). */
export type JsonSchema = Record<string, unknown>

/** Flattens an intersection, so that editors show the columns of a row. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {}

/** The row type of a zod shape: optional columns may be absent. */
export type ShapeRow<S extends $ZodShape> = Simplify<
  { -readonly [K in keyof S as undefined extends output<S[K]> ? never : K]: output<S[K]> } & {
    -readonly [K in keyof S as undefined extends output<S[K]> ? K : never]?: output<S[K]>
  }
>
