import { of } from 'rxjs'
import { expect, test } from 'vitest'
import { Batch } from '../batch/batch.ts'
import { Ticket } from '../tickets/ticket.ts'
import { filterBatch, filterRows } from './filter-rows.ts'
import { ticket } from './test-tickets.fixture.ts'

const batch = Batch.of(
  Ticket,
  [0, 1, 2].map((i) => ticket(i)),
)

test('keeps the rows for which the predicate is true, in their order', () => {
  const kept: string[] = []
  of(batch)
    .pipe(filterRows((_row, i) => i !== 1))
    .subscribe((rows) => kept.push(...rows.toArray().map(({ client_id }) => client_id)))
  expect(kept).toEqual(['CLIENT_1000', 'CLIENT_1002'])
})

test('an empty batch passes, since it carries the schema', () => {
  const lengths: number[] = []
  of(Batch.of(Ticket, []))
    .pipe(filterRows(() => true))
    .subscribe(({ length }) => lengths.push(length))
  expect(lengths).toEqual([0])
})

test('a batch of which all rows are kept is not copied', () => {
  expect(filterBatch(batch, () => true)).toBe(batch)
})

test('what the predicate throws is the error of the flow', () => {
  const errors: unknown[] = []
  const error = new Error('no')
  of(batch)
    .pipe(
      filterRows(() => {
        throw error
      }),
    )
    .subscribe({ error: (found) => errors.push(found) })
  expect(errors).toEqual([error])
})
