import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Schema } from '../batch/batch.ts'
import { type Located, locate } from '../batch/paths.ts'
import type { Interval } from './engine/interval.ts'
import { partialKey } from './engine/partial-key.ts'
import { closeTime, type Window } from './engine/window.ts'

/**
 * Finds keys without rows. It gets what it returned last as `shown` (null at first) and the keys that are about to be emitted for the first time, and
 * returns the keys to emit along with them.
 */
export type Fill = (
  shown: Json | null,
  fresh: readonly string[],
) => { readonly missing: readonly { key: string; closeTime: number }[]; readonly shown: Json }

/** In snapshots of the merge: the first and the last window emitted. */
type EmittedBounds = readonly [
  first: { readonly start: number; readonly end: number } | null,
  last: { readonly start: number; readonly end: number } | null,
]

/** Returns every key that the columns of `by` can have: the product of their members. Throws `OPTION_INVALID` where a column is no enum. */
export function knownKeys(schema: Schema<unknown>, by: readonly string[]): Json[][] {
  return by.reduce<Json[][]>(
    (keys, name) => {
      const { kind, values } = (locate(schema.fields, name) as Located).field
      if (kind !== 'enum')
        throw new TicketsError('OPTION_INVALID', `fill: 'zero' needs keys that are known beforehand, enums; "${name}" is of kind ${kind}`)
      return keys.flatMap((key) => values.map((value) => [...key, value]))
    },
    [[]],
  )
}

/**
 * Returns what finds the windows and keys without rows: in each window emitted the keys that have none, and all keys of the windows between those
 * emitted. Of a gap, only the first `maxFill` windows are filled: a clock that was wrong once must not make millions of rows.
 */
export function zeroFill(window: Window, keys: () => readonly (readonly Json[])[], maxFill: number): Fill {
  const next = window.after
  if (!next)
    throw new TicketsError('OPTION_INVALID', `fill: 'zero' goes with windows that follow each other, tumbling or hopping, not with ${window.kind}`)
  return (shown, fresh) => {
    const starts = fresh.map((key) => JSON.parse(key) as [number, number]).map(([start, end]) => ({ start, end }))
    let [first, last] = (shown as EmittedBounds | null) ?? [null, null]
    const missing: { key: string; closeTime: number }[] = []
    const put = (interval: Interval) => {
      for (const values of keys()) missing.push({ key: partialKey(interval, values), closeTime: closeTime(window, interval) })
    }
    const between = (from: Interval, to: Interval) => {
      let at = next(from)
      for (let n = 0; at.start < to.start && n < maxFill; n++, at = next(at)) put(at)
    }
    for (const interval of starts.sort((a, b) => a.start - b.start)) {
      if (!first || !last) {
        put(interval)
        first = interval
        last = interval
      } else if (interval.start > last.start) {
        between(last, interval)
        put(interval)
        last = interval
      } else if (interval.start < first.start) {
        put(interval)
        between(interval, first)
        first = interval
      }
    }
    return { missing, shown: [first, last] satisfies EmittedBounds }
  }
}
