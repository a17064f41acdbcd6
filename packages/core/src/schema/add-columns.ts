import { type Batch, internals, type Schema } from '../batch/batch.ts'
import type { Column } from '../batch/take.ts'
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
