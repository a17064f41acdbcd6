import { of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { Ticket } from '../tickets/ticket.ts'
import { ticket } from './test-tickets.fixture.ts'
import { withColumn } from './with-column.ts'

const batches = [[0, 1], [2]].map((ids) =>
  Batch.of(
    Ticket,
    ids.map((i) => ticket(i)),
  ),
)

test('adds a column that is computed from each row, and batches share their schema', () => {
  const found: Batch<Ticket & { n: number }>[] = []
  of(...batches)
    .pipe(withColumn('n', z.int(), ({ client_id }, i) => Number(client_id.slice(-1)) * 10 + i))
    .subscribe((batch) => found.push(batch))
  expect(found.map((batch) => batch.toArray().map(({ n }) => n))).toEqual([[0, 11], [20]])
  expect(found[1]?.schema).toBe(found[0]?.schema)
  expect(found[0]?.get(1)).toEqual({ ...ticket(1), n: 11 })
})

test('replaces the column of that name', () => {
  const found: unknown[] = []
  of(...batches)
    .pipe(withColumn('priority', z.boolean(), ({ priority }) => priority === 'low'))
    .subscribe((batch) => found.push(...batch.toArray().map(({ priority }) => priority)))
  expect(found).toEqual([true, true, true])
})

test('a value that does not fit the type is the error of the flow', () => {
  const errors: unknown[] = []
  of(...batches)
    .pipe(withColumn('n', z.int(), () => 0.5))
    .subscribe({ error: (error) => errors.push(error) })
  expect(errors).toMatchObject([{ code: 'BATCH_VALUE' }])
})
