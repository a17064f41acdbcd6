import type { Batch, Field } from '@tickets/core'
import { toRecordBatch, valueReader } from '@tickets/core/arrow'

/** Reads the values of one column: undefined where an optional one is absent. */
export type Read = (i: number) => unknown

/** A reader for each column of a batch, in schema order. */
export function columnReaders(batch: Batch<unknown>): { readonly field: Field; readonly read: Read }[] {
  const { children } = toRecordBatch(batch).data
  return batch.schema.fields.flatMap((field, i) => {
    const data = children[i]
    return data ? [{ field, read: valueReader(field, data) }] : []
  })
}
