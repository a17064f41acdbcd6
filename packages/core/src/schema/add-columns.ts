import { valueIn } from '../base/own-names.ts'
import { type Batch, internals, type Schema } from '../batch/batch.ts'
import { columnBuilder } from '../batch/builder.ts'
import type { Column } from '../batch/take.ts'
import type { Field } from '../store/field.ts'
import { carriedMarks, withMarks } from './personal/carried-marks.ts'

/**
 * Returns a batch under a schema that adds or replaces some columns. The other columns are shared, not copied.
 *
 * @param from the columns that the new ones are made of; any by default
 */
export function addColumns<B>(batch: Batch<unknown>, schema: Schema<B>, added: ReadonlyMap<string, Column>, from?: readonly string[]): Batch<B> {
  const columns = internals.sources(batch)
  const old = batch.schema.fields
  const all = schema.fields.map(({ name }) => added.get(name) ?? (columns[old.findIndex((f) => f.name === name)] as Column))
  const metadata = withMarks(internals.metadata(batch), schema, (before) => carriedMarks(before, schema, from))
  return internals.make(schema, all, batch.length, metadata, internals.origin(batch))
}

/** Returns a batch under a schema that adds or replaces one column. */
export function addColumn<B>(batch: Batch<unknown>, schema: Schema<B>, name: string, column: Column, from?: readonly string[]): Batch<B> {
  return addColumns(batch, schema, new Map([[name, column]]), from)
}

/**
 * Returns a batch under a schema that adds or replaces some columns with those of a row that was found for each of its rows; null where there was none.
 *
 * @param from the columns that the rows were looked up by
 */
export function addFound<B>(
  batch: Batch<unknown>,
  schema: Schema<B>,
  names: readonly string[],
  found: readonly (object | undefined)[],
  from: readonly string[],
): Batch<B> {
  const columns = names.map((name) => {
    const builder = columnBuilder(schema.fields.find((field) => field.name === name) as Field)
    for (const row of found) builder.add((row && valueIn(row, name)) ?? null)
    return [name, builder.finish()] as const
  })
  return addColumns(batch, schema, new Map(columns), from)
}
