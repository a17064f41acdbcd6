import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Accumulators } from '../window/groups/accumulators.ts'
import type { Agg } from './aggregate.ts'

const columns = { text: z.string().nullable(), number: z.number().nullable(), instant: instant().nullable() }

/**
 * Returns the result of one aggregate over a column `v` of these values. Row `i` has the event time `i` milliseconds.
 *
 * @example
 * resultOf(sum('v'), 'number', [1, null, 2]) // 3
 */
export function resultOf(agg: unknown, kind: keyof typeof columns, values: readonly unknown[]): unknown {
  return mergedResultOf(agg, kind, [values])
}

/** Returns the result of one aggregate over the rows of several tasks, each accumulated by itself, written as JSON, read and merged. */
export function mergedResultOf(agg: unknown, kind: keyof typeof columns, tasks: readonly (readonly unknown[])[]): unknown {
  const schema = defineSchema(z.object({ at: instant(), v: columns[kind] }), { name: 'c', time: 'at' })
  const accumulators = new Accumulators({ agg: agg as Agg<never, unknown> } as never)
  const parts = tasks.map((values) => {
    const batch = Batch.of(
      schema,
      values.map((v, i) => ({ at: new Date(i), v }) as never),
    )
    const acc = accumulators.init()
    const add = accumulators.adder(batch)
    for (const i of values.keys()) add(acc, i)
    return acc
  })
  if (parts.length === 1) return accumulators.results(parts[0] as unknown[]).agg
  const read = parts.map((acc) => accumulators.fromJson(JSON.parse(JSON.stringify(accumulators.toJson(acc)))))
  return accumulators.results(read.reduce((a, b) => accumulators.merge(a, b))).agg
}
