import { of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { ticket } from '../operators/test-tickets.fixture.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { instant } from '../values/instant.ts'
import { highPriority } from './high-priority.ts'
import { priorities, Ticket } from './ticket.ts'

const batch = Batch.of(
  Ticket,
  priorities.map((priority, i) => ({ ...ticket(i), priority })),
)

function kept(operator: ReturnType<typeof highPriority<Ticket>>, rows = batch): string[] {
  const found: string[] = []
  of(rows)
    .pipe(operator)
    .subscribe((out) => found.push(...out.toArray().map(({ priority }) => priority)))
  return found
}

const at = new Date(0)

test('keeps tickets whose priority is high or critical', () => {
  expect(kept(highPriority())).toEqual(['high', 'critical'])
})

test('keeps the priorities that are named instead, and none where none is', () => {
  expect(kept(highPriority({ priorities: ['low', 'critical'] }))).toEqual(['low', 'critical'])
  expect(kept(highPriority({ priorities: [] }))).toEqual([])
})

test('passes an empty batch on, since it carries the schema', () => {
  const lengths: number[] = []
  of(Batch.of(Ticket, []))
    .pipe(highPriority())
    .subscribe(({ length }) => lengths.push(length))
  expect(lengths).toEqual([0])
})

test('does not keep a row without a priority, whatever its code is', () => {
  const Maybe = defineSchema(z.object({ at: instant(), priority: z.enum(['high', 'low']).nullable(), i: z.int() }), { name: 'maybe', time: 'at' })
  const rows = Batch.of(Maybe, [
    { at, priority: null, i: 0 },
    { at, priority: 'high', i: 1 },
  ])
  const found: unknown[] = []
  of(rows as Batch<{ priority: 'high' | 'low' }>)
    .pipe(highPriority())
    .subscribe((out) => found.push(...out.toArray()))
  expect(found).toEqual([{ at, priority: 'high', i: 1 }])
})

test('compares a priority that is text by its value', () => {
  const Text = defineSchema(z.object({ at: instant(), priority: z.string() }), { name: 'text', time: 'at' })
  const found: unknown[] = []
  of(
    Batch.of(Text, [
      { at, priority: 'high' },
      { at, priority: 'low' },
    ]),
  )
    .pipe(highPriority())
    .subscribe((out) => found.push(...out.toArray()))
  expect(found).toEqual([{ at, priority: 'high' }])
})

test('keeps the laws of operators', () => {
  checkOperator(Ticket, highPriority())
})
