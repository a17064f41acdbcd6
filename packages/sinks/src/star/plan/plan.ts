import type { Field, Schema } from '@tickets/core'
import type { Follows } from './options.ts'

/** A dimension as a table. Names are those of its columns. */
export interface DimensionPlan {
  readonly name: string
  readonly table: string
  readonly isDays: boolean
  readonly key: Field
  /** Beside the key; nullable where a member can be known before a row gives the column. */
  readonly columns: readonly (Field & { readonly follows: Follows })[]
}

/** How a fact refers to a dimension. */
export interface ReferencePlan {
  readonly dimension: DimensionPlan
  /** The column of the fact's table. */
  readonly column: string
  /** Where the rows have the key. */
  readonly path: string
  /** Whether the path has a time, whose day is the key. */
  readonly isTime: boolean
  /** Column of the dimension → where the rows have it; empty for a reference by the key alone. */
  readonly gives: ReadonlyMap<string, string>
}

/** Where a column of a fact comes from: a value of the row, the day of a time of it, or the number of the snapshot. */
export type From = { readonly path: string } | { readonly dayOf: string } | 'version'

/** A column of a fact's table. */
export interface FactColumn {
  /** Named as the column. */
  readonly field: Field
  readonly from: From
}

/** A fact as a table. */
export interface FactPlan {
  readonly name: string
  readonly table: string
  readonly schema: Schema<unknown>
  readonly columns: readonly FactColumn[]
  /** Columns of the table; empty when every row is added. */
  readonly key: readonly string[]
  /** The column by which the newest row of a key is known; null where every row is kept. */
  readonly newest: string | null
  /** In the order of the dimensions. */
  readonly references: readonly ReferencePlan[]
  /** What is staged: path in the rows → how it is stored. */
  readonly staged: ReadonlyMap<string, StagedField>
}

/** A value that is staged, and whether it is a key, which an index has to hold. */
export interface StagedField {
  readonly field: Field
  readonly isKey: boolean
}

/** The tables of a star schema. Dimensions are in the order in which they are loaded. */
export interface StarPlan {
  readonly dimensions: readonly DimensionPlan[]
  readonly facts: readonly FactPlan[]
}
