import { expect, test } from 'vitest'
import { internals } from '../batch/batch.ts'
import type { Source } from '../connectors/source.ts'
import { memorySource } from '../testing/memory-source.ts'
import { Ticket } from '../tickets/ticket.ts'
import { Inputs } from './inputs.ts'

const source = (): Source<Ticket, never> => memorySource({ schema: Ticket, topic: 'cards', partitions: [] }) as Source<Ticket, never>
const cards = source()

test('a source is read once, however often it is asked for; its empty batch says which stream it is of', () => {
  const inputs = new Inputs()
  const seen: unknown[] = []
  for (const _ of [1, 2]) inputs.open(cards, { partitions: 'same' }).subscribe((batch) => seen.push(internals.metadata(batch)?.timeline?.input))
  inputs.probe()
  expect([inputs.sources.size, seen]).toEqual([
    1,
    [
      { name: 'cards', partitions: 'same' },
      { name: 'cards', partitions: 'same' },
    ],
  ])
})

test('two sources of one name, and one that is read in two ways, are refused', () => {
  const inputs = new Inputs()
  inputs.open(cards, { partitions: 'same' })
  expect(() => inputs.open(source(), { partitions: 'same' })).toThrow('both called cards')
  expect(() => inputs.open(cards, { partitions: 'all' })).toThrow('cards is read both by partition and as a whole')
})

test('joins hear of watermarks in the order in which they feed each other, and the least of theirs holds', () => {
  const inputs = new Inputs()
  const heard: string[] = []
  const state = { version: 1, rangeEnd: () => {}, snapshot: () => null, restore: () => {} }
  const join = (id: string, watermark: number) => inputs.join({ ...state, id, timeline: { watermark }, release: () => void heard.push(id) })
  expect(inputs.joined).toBe(Number.POSITIVE_INFINITY)
  join('first', 5)
  join('second', 3)
  inputs.advance(9, new Map([['cards', 4]]))
  expect([heard, inputs.joined, inputs.own.watermark]).toEqual([['first', 'second'], 3, 9])
})
