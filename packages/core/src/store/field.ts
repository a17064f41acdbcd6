import type { $ZodShape, output } from 'zod/v4/core'

/**
 * Names the kinds of column. In files `integer` is INT64, `int32` INT32, `number` DOUBLE, `instant` TIMESTAMP(ms, UTC), `date` DATE, `decimal` DECIMAL,
 * `json` text, `bytes` BINARY, `struct` STRUCT, `list` LIST and `map` MAP.
 */
export type Kind =
  | 'string'
  | 'enum'
  | 'number'
  | 'integer'
  | 'int32'
  | 'boolean'
  | 'instant'
  | 'date'
  | 'decimal'
  | 'json'
  | 'bytes'
  | 'struct'
  | 'list'
  | 'map'

/** One column of a schema, or one member of a nested column. */
export interface Field {
  readonly name: string
  readonly kind: Kind
  /** The members of an enum in their order; empty for the other kinds. */
  readonly values: readonly string[]
  /** The key may be absent from a row. Together with `nullable`, absence is kept as null and read back as null. */
  readonly optional: boolean
  /** The value may be null. */
  readonly nullable: boolean
  /** The digits of a decimal. */
  readonly precision?: number
  /** The digits of a decimal behind the point. */
  readonly scale?: number
  /** The members of a struct; the element of a list, or the value of a map, as the one item. */
  readonly children?: readonly Field[]
  /** Of a discriminated union, whose first child is the discriminator: the members that go with each of its values, in the order of `values`. */
  readonly variants?: readonly (readonly VariantMember[])[]
}

/** A member of one variant of a discriminated union, and whether it may be missing there. */
export type VariantMember = Pick<Field, 'name' | 'optional' | 'nullable'>

/** What of a column its zod type decides, apart from whether it may be missing. */
export type FieldType = Pick<Field, 'kind' | 'values'> & Partial<Pick<Field, 'precision' | 'scale' | 'children' | 'variants'>>

/** Returns whether values of this kind are compared as one value: rows can be grouped and counted by them. */
export const isComparable = (kind: Kind): boolean => !isNested(kind) && kind !== 'json' && kind !== 'bytes'

/** Returns whether values of this kind hold other values. */
export const isNested = (kind: Kind): boolean => kind === 'struct' || kind === 'list' || kind === 'map'

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

/** The paths of a nested value: its columns, and the members of its objects, such as `'user.country'`. Lists and records have none. */
export type Path<T> = T extends unknown ? { [K in keyof T & string]: K | Below<K, NonNullable<T[K]>> }[keyof T & string] : never

type Below<K extends string, V> = V extends Date | Uint8Array | readonly unknown[]
  ? never
  : V extends object
    ? string extends keyof V
      ? never
      : `${K}.${Path<V>}`
    : never

/** The value at a path of `T`; null or absent where an object on the way may be. */
export type ValueAt<T, P> = T extends unknown
  ? P extends keyof T
    ? T[P]
    : P extends `${infer K}.${infer R}`
      ? K extends keyof T
        ? ValueAt<NonNullable<T[K]>, R> | (null extends T[K] ? null : never) | (undefined extends T[K] ? null : never)
        : null
      : null
  : never
