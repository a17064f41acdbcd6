import type { Path, Schema, Sink, ValueAt } from '@tickets/core'
import type { SqlDatabase } from '../../sql/connection/sql-database.ts'

/**
 * How a column of a dimension follows the rows that give it. `newest`: the value of the row with the newest event time, which never goes back (Kimball's
 * type 1). `min`, `max`: the least and the greatest value of all rows.
 */
export type Follows = 'newest' | 'min' | 'max'

/** One dimension: its natural key, and the columns that facts give. */
export interface DimensionOptions {
  /** The column that tells members apart, and that facts refer to. */
  readonly key: string
  /** The other columns, all `newest`, or each with how it follows the rows. None by default. */
  readonly columns?: readonly string[] | { readonly [column: string]: Follows }
  /** `dim_<name>` by default. */
  readonly table?: string
}

/** The dimension of days, which `dateDimension` makes. */
export interface DateDimension {
  readonly days: true
  readonly table?: string
}

/** The dimensions of a star schema by name. */
export interface DimensionsOptions {
  readonly [name: string]: DimensionOptions | DateDimension
}

/** The paths of `T` whose values are of type `V`, or missing. */
type PathTo<T, V> = { [P in Path<T>]: NonNullable<ValueAt<T, P>> extends V ? P : never }[Path<T>]

type Scalar = string | number | boolean | Date

type ColumnsOf<D> = D extends { readonly columns: infer C } ? (C extends readonly (infer N extends string)[] ? N : keyof C & string) : never

type KeyOf<D> = D extends { readonly key: infer K extends string } ? K : never

/** Where a fact has the key of a dimension, or each of its columns. */
export type Reference<T, D> = D extends DateDimension
  ? PathTo<T, Date | string>
  : PathTo<T, Scalar> | ({ readonly [C in KeyOf<D>]: PathTo<T, Scalar> } & { readonly [C in ColumnsOf<D>]: Path<T> })

type Role<T, D> = {
  readonly [N in keyof D]: { readonly [M in N]: D[N] extends DateDimension ? PathTo<T, Date | string> : PathTo<T, Scalar> }
}[keyof D]

/** One fact: the rows it takes, what tells them apart, and the dimensions that they refer to. */
export interface FactOptions<T, D> {
  readonly schema: Schema<T>
  /**
   * The columns that tell rows apart: of rows with the same key the one with the newest event time stays, or with the highest `revision` where rows have one.
   * By default the window's bounds and `by` for rows of windows, and none for others: then every row is added, once.
   */
  readonly key?: NoInfer<PathTo<T, Scalar> | readonly PathTo<T, Scalar>[]>
  /** For each dimension where its key is, or where each of its columns is. */
  readonly refers?: NoInfer<{ readonly [N in keyof D]?: Reference<T, D[N]> }>
  /** More references by the name of their column, each to a dimension that `refers` may name too: `{ shipped_on: { day: 'shipped_at' } }`. */
  readonly roles?: NoInfer<{ readonly [column: string]: Role<T, D> }>
  /** The columns of the table beside the references; by default those that did not go to a dimension. */
  readonly columns?: NoInfer<readonly Path<T>[]>
  /** The day that a row speaks of: the day of this time in UTC is `snapshot_date`. By default `window_start` for windows, else the event time. */
  readonly snapshot?: NoInfer<PathTo<T, Date | string>>
  /** Of rows with a `revision`: `last` (the default) keeps the highest, `all` keeps each, with `snapshot_version` as a part of the key. */
  readonly revisions?: 'last' | 'all'
  /** `fact_<name>` by default. */
  readonly table?: string
}

/** The facts of a star schema by name. */
export type FactsOptions<F, D> = { readonly [N in keyof F]: FactOptions<F[N], D> }

/** Settings of `starSchema`. */
export interface StarSchemaOptions<F, D extends DimensionsOptions> {
  /** `mysql({ url })` or `postgres({ url })`. */
  readonly database: SqlDatabase
  readonly dimensions: D
  readonly facts: FactsOptions<F, D>
  /** `append` (the default) adds to tables that no other log writes to; `overwrite` replaces the rows of each fact, once, when a new log begins. Dimensions stay. */
  readonly mode?: 'append' | 'overwrite'
  /**
   * A folder of SQL files `<number>_<what>.sql`, each applied once, in order, before the tables are looked at: for tables of your own making, indexes, views.
   * A database has one such folder.
   */
  readonly migrations?: URL
}

/** A sink for each fact of a star schema. */
export interface StarSchema<F> {
  readonly facts: { readonly [N in keyof F]: Sink<F[N]> }
  /**
   * Makes what is missing, as a pipeline does when it starts, and returns what that was: files, tables, columns. Call it to do so as another user, who may
   * create tables.
   */
  migrate(): Promise<readonly string[]>
}
