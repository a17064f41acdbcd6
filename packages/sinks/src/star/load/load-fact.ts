import type { Schema } from '@tickets/core'
import type { Connection, Dialect } from '../../sql/connection/dialect.ts'
import type { Loading } from '../../sql/table/target-table.ts'
import { flowColumns } from '../plan/flow-columns.ts'
import type { FactPlan, From } from '../plan/plan.ts'
import { loadDimension } from './load-dimension.ts'
import { type StagedSource, stagedName, stagedSource } from './staged-source.ts'

/** Returns the statements that apply staged rows: the members that they refer to, dimension by dimension, then the fact. */
export function loadFact(dialect: Dialect, fact: FactPlan, from: string, columns: readonly string[], version: number): readonly string[] {
  const source = stagedSource(dialect, from, columns, fact.schema.time)
  const present = fact.references.filter(({ path }) => source.has(path))
  return [...present.map((reference) => loadDimension(dialect, reference, source)), rows(dialect, fact, source, version)]
}

function rows(dialect: Dialect, { table, columns, key, newest }: FactPlan, source: StagedSource, version: number): string {
  const { at, has, from } = source
  const sqlOf = (one: From) => (one === 'version' ? String(version) : 'path' in one ? at(one.path) : dialect.dayOf(at(one.dayOf)))
  const isThere = (one: From) => one === 'version' || has('path' in one ? one.path : one.dayOf)
  const values = columns.filter((column) => isThere(column.from)).map((column) => ({ name: column.field.name, value: sqlOf(column.from) }))
  return dialect.move({ into: table, columns: values, from, key, newest: newest ?? undefined })
}

/** Returns how the rows of a flow come into a fact. Throws `SCHEMA_MISMATCH` where they do not fit. */
export function loadingOf({ dialect, collation }: Connection, fact: FactPlan, schema: Schema<unknown>): Loading {
  const flow = flowColumns(fact, schema)
  return {
    columns: flow.map(({ path, field, isKey }) => dialect.columnOf({ ...field, name: stagedName(path) }, isKey, collation)),
    paths: flow.map(({ path }) => path),
    key: flow.filter(({ isKey }) => isKey).map(({ path }) => stagedName(path)),
    create: null,
    statements: (from, columns) => loadFact(dialect, fact, from, columns, schema.version),
  }
}
