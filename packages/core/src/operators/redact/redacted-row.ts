import type { Json } from '../../base/json.ts'
import type { Simplify } from '../../store/field.ts'

/** What happens to a field: it is removed, replaced by `***`, or replaced by a keyed hash. */
export type Redaction = 'drop' | 'mask' | 'hash'

/** The columns of `T` and the members of its objects, also of those in lists and maps: `'products.serial'` is the serial of each product. */
export type FieldPath<T> = T extends unknown ? { [K in keyof T & string]: K | Inside<K, NonNullable<T[K]>> }[keyof T & string] : never

type Inside<K extends string, V> = IsJson<V> extends true ? never : Members<K, V>

type Members<K extends string, V> = V extends Date | Uint8Array
  ? never
  : V extends readonly (infer E)[]
    ? Members<K, NonNullable<E>>
    : V extends object
      ? string extends keyof V
        ? Members<K, NonNullable<V[keyof V]>>
        : `${K}.${FieldPath<V>}`
      : never

/** A column of `json()` has no members that its type knows. */
type IsJson<V> = [NonNullable<Json>] extends [V] ? true : false

/** The rows `T` after the fields `P` are dropped, or replaced by text. */
export type Redacted<T, P extends string, How extends Redaction> = T extends unknown
  ? Simplify<{ [K in keyof T as K extends P ? (How extends 'drop' ? never : K) : K]: K extends P ? Texts<T[K]> : Below<T[K], Rest<K, P>, How> }>
  : never

/** What the paths `P` name inside of the column `K`. */
type Rest<K, P extends string> = P extends `${K & string}.${infer R}` ? R : never

type Below<V, P extends string, How extends Redaction> = [P] extends [never]
  ? V
  : V extends readonly (infer E)[]
    ? Below<E, P, How>[]
    : V extends object
      ? string extends keyof V
        ? { [K in keyof V]: Below<V[K], P, How> }
        : Redacted<V, P, How>
      : V

/** Text in place of a value, of each element of a list, or of each value of a map. */
type Texts<V> = V extends null | undefined
  ? V
  : V extends readonly (infer E)[]
    ? Texts<E>[]
    : V extends object
      ? { [K in keyof V]: Texts<V[K]> }
      : string
