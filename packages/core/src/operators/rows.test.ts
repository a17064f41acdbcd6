import { from } from 'rxjs'
import { expect, test } from 'vitest'
import { Batch } from '../batch/batch.ts'
import { Ticket } from '../tickets/ticket.ts'
import { rows } from './rows.ts'
import { ticket } from './test-tickets.fixture.ts'

test('emits the rows of all batches one by one, in their order', () => {
  const found: Ticket[] = []
  from(
    [[0, 1], [], [2]].map((ids) =>
      Batch.of(
        Ticket,
        ids.map((i) => ticket(i)),
      ),
    ),
  )
    .pipe(rows())
    .subscribe((row) => found.push(row))
  expect(found).toEqual([0, 1, 2].map((i) => ticket(i)))
})
