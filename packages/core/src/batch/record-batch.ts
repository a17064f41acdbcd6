import type { Data, RecordBatch } from 'apache-arrow'
import { TicketsError } from '../errors/errors.ts'
import type { Schema } from '../schema/schema.ts'
import { type Batch, inside } from './batch.ts'
import { arrowSchema } from './types.ts'

/** The Arrow record batch inside a batch; enums are dictionaries. It is not a copy: do not write to it. */
export function toRecordBatch(batch: Batch<unknown>): RecordBatch {
  return inside.arrow(batch)
}

/**
 * A batch over an Arrow record batch whose columns have the names, order and types of `arrowSchema(schema)`.
 *
 * @throws `SCHEMA_MISMATCH`, naming the column.
 */
export function fromRecordBatch<T>(schema: Schema<T>, arrow: RecordBatch): Batch<T> {
  arrowSchema(schema).fields.forEach((field, i) => {
    const got = arrow.schema.fields[i]
    if (got?.name !== field.name || String(got.type) !== String(field.type)) {
      throw new TicketsError(
        'SCHEMA_MISMATCH',
        `column ${i} of ${schema.name} is "${field.name}" ${field.type}, the record batch has ${got ? `"${got.name}" ${got.type}` : 'none'}`,
      )
    }
  })
  return inside.make(schema, arrow.data.children as Data[], arrow.numRows)
}
