import { from, type Observable } from 'rxjs'
import { expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { tumbling } from '../window/tumbling.ts'
import { statefulOperator } from './stateful-operator.ts'
import { windowed } from './windowed.ts'

type Rows = Observable<Batch<Ticket>>

test('after a windowed, the state is in the records of the merge', () => {
  const running = <T extends { n: number }>() =>
    statefulOperator<T, T, { total: number }>({
      id: 'running',
      init: () => ({ total: 0 }),
      onBatch: (state, batch) => {
        for (const { n } of batch) state.total += n
        totals.push(state.total)
        return batch
      },
      snapshot: ({ total }) => total,
      restore: (total) => ({ total: Number(total) }),
    })
  const totals: number[] = []
  const operator = (rows: Rows) => rows.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { n: count() } }), running())
  scenario(Ticket, operator).feed('a@1 a@2 a@10').emits('[0,10)=2').feed('X a@20').emits('[10,20)=1').feed('X $').emits('[20,30)=1')
  expect(totals.filter((total) => total > 0)).toEqual([2, 3, 4])
})

/** Emits each batch, and at the end of a range its last one again. */
const repeatLast = () =>
  statefulOperator<Ticket, Ticket, { rows: number }>({
    id: 'counted',
    init: () => ({ rows: 0 }),
    onBatch: (state, batch) => {
      state.rows += batch.length
      return batch
    },
    snapshot: ({ rows }) => rows,
    restore: (rows) => ({ rows: Number(rows) }),
  })

test('the state comes back after a crash', () => {
  checkOperator(Ticket, (rows: Rows) => rows.pipe(repeatLast()))
})

test('outside a pipeline it starts with init, and onRangeEnd runs when the source completes', () => {
  const row = { ticket_id: '', client_id: 'a', created_at: new Date(0), request: '', request_type: 'billing', priority: 'low' } as const
  const sums: number[] = []
  const held = statefulOperator<Ticket, Ticket, Batch<Ticket>[]>({
    id: 'held',
    init: () => [],
    onBatch: (state, batch) => void state.push(batch),
    onRangeEnd: (state) => state,
    snapshot: () => null,
    restore: () => [],
  })
  from([1, 2].map((n) => Batch.of(Ticket, Array<Ticket>(n).fill(row))))
    .pipe(held)
    .subscribe((batch) => sums.push(batch.length))
  expect(sums).toEqual([1, 2])
})
