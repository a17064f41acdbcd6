import { expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { memorySource, messagesOf } from '../../testing/memory-source.ts'
import { quickClock } from '../../testing/quick-clock.ts'
import { Ticket } from '../../tickets/ticket.ts'
import type { Source } from '../source.ts'
import type { Input } from './input.ts'
import { joinedSource } from './joined-source.ts'

const source = (topic: string, count: number, until: 'complete' | 'now' | 'never' = 'complete') =>
  memorySource({ schema: Ticket, topic, partitions: Array.from({ length: count }, () => messagesOf(['x', 'y'])), until })
const joined = (own: Source<Ticket>, ...inputs: readonly (readonly [Source<Ticket>, Input['partitions']])[]) =>
  joinedSource(
    own as Source<Ticket, never> as Source<Ticket, Json>,
    new Map(inputs.map(([one, partitions]) => [one.name, { source: one as Source<Ticket, never>, partitions }])),
    { clock: quickClock, idleTimeout: 1000 },
  )

test('9.7 a task reads its own partition, the one of the same number, and all of a source that is read as a whole', async () => {
  const made = joined(source('own', 2), [source('same', 2), 'same'], [source('all', 3), 'all'])
  const { partitions, topics } = await made.describe()
  expect(topics.map(({ name }) => name)).toEqual(['own', 'same', 'all'])
  expect(partitions.map(({ id, end }) => [id, end])).toEqual([
    ['own-0', { 'own-0': 2, 'same-0': 2, 'all-0': 2, 'all-1': 2, 'all-2': 2 }],
    ['own-1', { 'own-1': 2, 'same-1': 2, 'all-0': 2, 'all-1': 2, 'all-2': 2 }],
  ])
  expect([...made.inputsOf('own-1')]).toEqual([
    ['same-1', 'same'],
    ['all-0', 'all'],
    ['all-1', 'all'],
    ['all-2', 'all'],
  ])
})

test('ends as the own source does; one without an end is read to its current end in a bounded run', () => {
  expect(joined(source('own', 1), [source('a', 1), 'same']).until).toBe('complete')
  expect(joined(source('own', 1), [source('a', 1, 'never'), 'same']).until).toBe('now')
  expect(joined(source('own', 1, 'never'), [source('a', 1), 'same']).until).toBe('never')
})

test('9.7 refuses other partitions, and positions of a log from before the join or from after another', async () => {
  await expect(joined(source('own', 2), [source('a', 3), 'same']).describe()).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('own has 2 partitions and a has 3'),
  })
  const made = joined(source('own', 1), [source('a', 1), 'same'])
  await made.describe()
  const options = { maxFuture: Number.POSITIVE_INFINITY }
  await expect(made.open('own-0', 7, options)).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining('begun before a flow joined'),
  })
  await expect(made.open('own-0', { 'own-0': 0, 'b-0': 0 }, options)).rejects.toMatchObject({
    message: expect.stringContaining('has b-0, which no flow reads'),
  })
  await expect(made.open('own-9', {}, options)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
})
