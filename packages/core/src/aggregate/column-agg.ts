import type { Path, ValueAt } from '../store/field.ts'
import type { Agg } from './aggregate.ts'

export declare const reads: unique symbol
declare const fault: unique symbol

/** An aggregate of the column or path `C`, whose values are of type `V`; `W` is a value that it compares them with. `windowed` checks all three. */
export interface ColumnAgg<C extends string, V, out Out, W = never> extends Agg<object, Out> {
  /** Stands in the type alone. */
  readonly [reads]?: { readonly column: C; readonly values: V; readonly compared: W }
}

/** What the compiler says of an aggregate that does not go with its rows: nothing is assignable to it. */
export interface ColumnError<out Message extends string> {
  readonly [fault]: Message
}

/** `unknown` for each aggregate that goes with rows `T`, else a `ColumnError`. */
export type CheckedColumns<T, A> = {
  readonly [N in keyof A]: typeof reads extends keyof A[N] ? Checked<T, NonNullable<A[N][typeof reads]>> : unknown
}

type Checked<T, R> = R extends { readonly column: infer C extends string; readonly values: infer V; readonly compared: infer W }
  ? C extends keyof T | Path<T>
    ? [NonNullable<ValueAt<T, C>>] extends [V]
      ? CheckedValue<C, ValueAt<T, C>, W>
      : ColumnError<`the column ${C} holds no numbers`>
    : ColumnError<`the rows have no column ${C}`>
  : unknown

/** A value whose type is wider than the column's, such as any text, may be one of it. */
type CheckedValue<C extends string, V, W> = [W] extends [V]
  ? unknown
  : [NonNullable<V>] extends [W]
    ? unknown
    : ColumnError<`the column ${C} is never ${W & (string | number | boolean | null)}`>
