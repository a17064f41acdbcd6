import { expect, test } from 'vitest'
import { Batch } from '../../batch/batch.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { TaskClocks } from './task-clocks.ts'

const ticket = (second: number): Ticket => ({
  ...{ ticket_id: '1', client_id: 'a', request: '', request_type: 'billing', priority: 'low' },
  created_at: new Date(second * 1000),
})
const inputs = new Map([
  ['cards-0', 'cards'],
  ['cards-1', 'cards'],
])
const part = (partition: string, seconds: number[], state: 'running' | 'idle' | 'ended' = 'running') =>
  ({ input: 'cards', partition, state, rows: Batch.of(Ticket, seconds.map(ticket)) }) as const
const none = Number.NEGATIVE_INFINITY

test('9.1 each partition has a watermark of its own, and a source the least of its partitions', () => {
  const clocks = new TaskClocks('p-0', 1000, inputs)
  clocks.stampInput(part('cards-0', [10, 20]), undefined, none)
  expect([clocks.inputs.get('cards'), clocks.own.watermark]).toEqual([none, none])
  clocks.stampInput(part('cards-1', [7]), undefined, none)
  expect(clocks.inputs.get('cards')).toBe(6000)
  clocks.stampInput(part('cards-1', [], 'ended'), undefined, none)
  expect(clocks.inputs.get('cards')).toBe(19_000)
  clocks.stampInput(part('cards-0', [], 'ended'), undefined, none)
  expect(clocks.inputs.get('cards')).toBe(Number.POSITIVE_INFINITY)
})

test('an idle partition follows the own one, and never back', () => {
  const clocks = new TaskClocks('p-0', 0, inputs)
  clocks.own.advance(30_000)
  clocks.stampInput(part('cards-0', [40], 'idle'), undefined, none)
  clocks.stampInput(part('cards-1', [], 'idle'), undefined, none)
  clocks.followOwn(false)
  expect(clocks.noted()).toEqual({ clocks: { 'p-0': 30_000, 'cards-0': 40_000, 'cards-1': 30_000 } })
  const running = new TaskClocks('p-0', 0, inputs, { 'p-0': 5000 })
  running.followOwn(false)
  expect(running.inputs.get('cards')).toBe(none)
  running.followOwn(true)
  expect(running.inputs.get('cards')).toBe(5000)
})

test('a task that reads one partition notes nothing beside its watermark', () => {
  expect(new TaskClocks('p-0', 0, new Map(), { 'p-0': 1 }).noted()).toEqual({})
})
