import { from, type Observable } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import type { Json } from '../base/json.ts'
import { Batch } from '../batch/batch.ts'
import { Graph } from '../dataflow/graph.ts'
import type { MergeStageOperator } from '../dataflow/scope.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { into } from './into.ts'
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

/** Counts rows, and says at the end of the source how many there were. */
const countedToTheEnd = <T extends { n?: number }>(rows: Observable<Batch<T>>) =>
  rows.pipe(
    statefulOperator<T, { at: Date; rows: number }, { rows: number; ends: number }>({
      id: 'to-the-end',
      init: () => ({ rows: 0, ends: 0 }),
      onBatch: (state, batch) => {
        for (const { n = 1 } of batch) state.rows += n
        return batch.length === 0 ? Batch.of(Total, []) : null
      },
      onEnd: (state) => Batch.of(Total, [{ at: new Date(++state.ends), rows: state.rows }]),
      snapshot: (state) => ({ ...state }),
      restore: (state) => ({ ...(state as { rows: number; ends: number }) }),
    }),
  )
const Total = defineSchema(z.object({ at: instant(), rows: z.int() }), { name: 'total', time: 'at' })
const show = ({ at, rows }: { at: Date; rows: number }) => `${at.getTime()}:${rows}`

test('onEnd is called once when a complete source has ended, and not for a bounded run', () => {
  checkOperator(Ticket, (rows: Rows) => countedToTheEnd(rows as never))
  const operator = (rows: Rows) => countedToTheEnd(rows as never)
  scenario(Ticket, operator, { show }).feed('a@1 X b@2').emits('').feed('X $').emits('1:2')
  const harness = new Harness(Ticket, operator)
  harness.push([{ ticket_id: '', client_id: 'a', created_at: new Date(0), request: '', request_type: 'billing', priority: 'low' }])
  expect(harness.end({ complete: false }).emitted).toEqual([])
})

test('after a windowed, onEnd is called once by the merge, also where it comes back later', () => {
  const operator = (rows: Rows) => countedToTheEnd(rows.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { n: count() } })))
  scenario(Ticket, operator, { show, partitions: 2 }).feed('p0:a@1 p1:a@2 p1:a@10 merge:X $').emits('1:3')
  const flows = (rows: Rows) => ({ f: operator(rows).pipe(into(memorySink('f') as never)) })
  const ends: string[] = []
  let saved: Json = null
  for (let run = 0; run < 3; run++) {
    const graph = new Graph('merge', Ticket, flows, { onOutput: (_flow, batch) => void ends.push(...[...batch].map((row) => show(row as never))) })
    const merged = graph.mergeStage.get('f/to-the-end') as MergeStageOperator
    if (saved !== null) merged.restore(saved, 1)
    graph.advanceOne(merged, 5)
    graph.advanceOne(merged, Number.POSITIVE_INFINITY)
    graph.advanceOne(merged, Number.POSITIVE_INFINITY)
    saved = JSON.parse(JSON.stringify(merged.snapshot(true))) as Json
    graph.close()
  }
  expect(ends).toEqual(['1:0'])
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
