import { isTicketsError } from '../../base/errors.ts'
import type { Schema } from '../../batch/batch.ts'
import { columnBuilder } from '../../batch/builder.ts'
import type { Refused } from '../../connectors/refused-rows.ts'
import type { Field } from '../../store/field.ts'
import type { Result } from './window-rows.ts'

const LAST = 8.64e15
const iso = (ms: number) => new Date(Math.max(-LAST, Math.min(LAST, ms))).toISOString()

/** Returns why a column cannot hold a value, in the column's own words; null when it can. */
function misfit(field: Field, value: unknown): string | null {
  try {
    columnBuilder(field).add(value)
    return null
  } catch (error) {
    if (isTicketsError(error, 'BATCH_VALUE')) return error.message
    throw error
  }
}

const textOf = (value: unknown) => ((typeof value === 'number' && !Number.isFinite(value)) || typeof value === 'bigint' ? String(value) : value)

/**
 * Splits results into those whose values fit their columns and those with a value that does not, such as a sum of integers beyond 2^53 − 1. The second
 * kind names its window and key, and holds what was computed as JSON.
 */
export function splitUnfit(
  schema: Schema<unknown>,
  operator: string,
  by: readonly string[],
  results: readonly Result[],
): { readonly fit: Result[]; readonly unfit: Refused[] } {
  const fit: Result[] = []
  const unfit: Refused[] = []
  for (const result of results) {
    const reasons = schema.fields.flatMap((field) =>
      Object.hasOwn(result.results, field.name) ? (misfit(field, result.results[field.name]) ?? []) : [],
    )
    if (reasons.length === 0) {
      fit.push(result)
      continue
    }
    const { start, end } = result.interval
    const key = Object.fromEntries(by.map((name, k) => [name, result.values[k] ?? null]))
    const values = Object.fromEntries(Object.entries(result.results).map(([name, value]) => [name, textOf(value)]))
    unfit.push({
      reason: `the result of ${operator} for the window [${iso(start)}, ${iso(end)}) and the key ${JSON.stringify(key)} does not fit: ${reasons.join('; ')}`,
      key: JSON.stringify(key),
      value: JSON.stringify({ window_start: iso(start), window_end: iso(end), ...key, ...values, revision: result.revision }),
    })
  }
  return { fit, unfit }
}
