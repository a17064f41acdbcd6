import fc from 'fast-check'
import { from, type Observable, type OperatorFunction } from 'rxjs'
import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import { Batch } from '../../batch/batch.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { global } from '../../window/global.ts'
import { hopping } from '../../window/hopping.ts'
import { tumbling } from '../../window/tumbling.ts'
import { windowed } from '../windowed.ts'

interface Shown {
  readonly window_start: Date
  readonly priority: string
  readonly n: number
  readonly revision: number
  readonly is_final: boolean
}

const rowOf = ([seconds, priority]: readonly [number, 'high' | 'low']): Ticket => ({
  ticket_id: '',
  client_id: 'c',
  created_at: new Date(seconds * 1000),
  request: '',
  request_type: 'billing',
  priority,
})

/** What each window and key gave, in its order. */
function shown(
  batches: readonly (readonly (readonly [number, 'high' | 'low'])[])[],
  operator: OperatorFunction<Batch<Ticket>, Batch<Shown>>,
): Shown[][] {
  const found = new Map<string, Shown[]>()
  const rows: Observable<Batch<Ticket>> = from(batches.map((batch) => Batch.of(Ticket, batch.map(rowOf))))
  rows.pipe(operator).subscribe((batch) => {
    for (const row of batch.toArray()) {
      const name = `${row.window_start.getTime()}/${row.priority}`
      found.set(name, [...(found.get(name) ?? []), row])
    }
  })
  return [...found.values()]
}

const size = '10s'
const windows = [tumbling({ size }), tumbling({ size, grace: '5s' }), hopping({ size, advance: '5s' }), global()]

test("standalone, emit: 'updates' gives each change once, and each result once more at its end, as the final one", () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom('high' as const, 'low' as const))
  const batches = fc.array(fc.array(row, { maxLength: 4 }), { maxLength: 8 })
  fc.assert(
    fc.property(batches, fc.constantFrom(...windows), fc.boolean(), (given, window, fills) => {
      const fill = fills && window.after ? { fill: 'zero' as const } : {}
      const operator = windowed<Ticket, 'priority', { n: ReturnType<typeof count> }, 'updates'>(window, {
        by: 'priority',
        aggregate: { n: count() },
        emit: 'updates',
        ...fill,
      })
      for (const results of shown(given, operator)) {
        expect(results.map(({ revision }) => revision)).toEqual(results.map((_, i) => i))
        expect(results.map(({ is_final }) => is_final)).toEqual(results.map((_, i) => i === results.length - 1))
        const changes = results.slice(0, -1).map(({ n }) => n)
        expect(new Set(changes).size).toBe(changes.length)
      }
    }),
    { numRuns: 200 },
  )
})
