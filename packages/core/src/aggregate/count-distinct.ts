import * as z from 'zod'
import { column } from '../batch/batch.ts'
import { valueReader } from '../batch/columns.ts'
import type { Json } from '../pipeline/source.ts'
import type { Field } from '../schema/schema.ts'
import type { Agg } from './aggregate.ts'

/** A value as a set's member: instants by their time, so that equal ones are one. */
const member = (value: unknown): Json => (value instanceof Date ? value.getTime() : (value as Json))

/**
 * How many different values a column has, exactly; null and absent ones do not count. Holds each value once a window and key.
 *
 * @example
 * windowed(tumbling({ size: '1 minute' }), { aggregate: { clients: countDistinct('client_id') } }) // { …, clients: 2 }
 */
export function countDistinct<const C extends string>(name: C): Agg<{ readonly [K in C]: unknown }, number> {
  const put = (acc: Set<Json>, value: unknown) => (value === null || value === undefined ? acc : acc.add(member(value)))
  return {
    init: () => new Set<Json>(),
    add: (acc: Set<Json>, row) => put(acc, row[name]),
    merge(a: Set<Json>, b: Set<Json>) {
      for (const value of b) a.add(value)
      return a
    },
    result: (acc: Set<Json>) => acc.size,
    toJson: (acc: Set<Json>) => [...acc],
    fromJson: (json) => new Set(json as readonly Json[]),
    type: z.int(),
    columnar(batch) {
      const read = valueReader(batch.schema.fields.find((f) => f.name === name) as Field, column(batch, name))
      return (acc, i) => put(acc as Set<Json>, read(i))
    },
    options: ['countDistinct', name],
  }
}
