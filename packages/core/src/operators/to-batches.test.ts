import { from, map, type Observable } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import type { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { rows } from './rows.ts'
import { toBatches } from './to-batches.ts'
import { windowed } from './windowed.ts'

type Rows = Observable<Batch<Ticket>>

const Counted = defineSchema(z.object({ n: z.int(), at: instant() }), { name: 'counted', time: 'at' })

test('single rows come back to batches in the merge', () => {
  const operator = (rows_: Rows) =>
    rows_.pipe(
      windowed(tumbling({ size: '10s' }), { aggregate: { n: count() } }),
      rows(),
      map(({ n, window_end }) => ({ n: n * 10, at: window_end })),
      toBatches(Counted, 2),
    )
  const show = ({ n }: { n: number }) => `${n}`
  scenario(Ticket, operator, { show }).feed('a@1 a@2 a@10').emits('20').feed('X a@20 a@30 a@40').emits('10 10 10').feed('$').emits('10')
})

test('outside a pipeline, what is left goes out when the source completes', () => {
  const lengths: number[] = []
  from([1, 2, 3])
    .pipe(
      map((n) => ({ n, at: new Date(n) })),
      toBatches(Counted, 2),
    )
    .subscribe((batch) => lengths.push(batch.length))
  expect(lengths).toEqual([2, 1])
})

test('a value that does not fit the schema is the error of the flow', () => {
  const errors: unknown[] = []
  from([{ n: 0.5, at: new Date(0) }])
    .pipe(toBatches(Counted))
    .subscribe({ error: (error) => errors.push(error) })
  expect(errors).toMatchObject([{ code: 'BATCH_VALUE' }])
})

test('refuses a size that is no whole number from 1', () => {
  expect(() => toBatches(Counted, 0)).toThrow('got 0')
  expect(() => toBatches(Counted, 1.5)).toThrow('got 1.5')
})
