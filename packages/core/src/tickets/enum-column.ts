import type { Data } from 'apache-arrow'
import { TicketsError } from '../base/errors.ts'
import { type Batch, column } from '../batch/batch.ts'

/** Returns the column of this name, whose values are codes of its members. Throws `OPTION_INVALID` where there is none, or it is no enum. */
export function enumColumn(batch: Batch<unknown>, name: string, operator: string): Data {
  const data = column(batch, name)
  const kind = batch.schema.fields.find((field) => field.name === name)?.kind
  // The values of another column would be taken for codes, and rows for others than they are.
  if (kind !== 'enum')
    throw new TicketsError('OPTION_INVALID', `${operator} takes an enum, and "${name}" of ${batch.schema.name} is of kind ${kind}: z.enum([…])`)
  return data
}
