import { expect, test } from 'vitest'
import type { Sink } from '../connectors/sink.ts'
import { into } from '../operators/into.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { Ticket } from '../tickets/ticket.ts'
import { pipeline } from './pipeline.ts'

const run = (sink: Sink<Ticket>, told: string[] = [], drainTimeout = 5_000) => {
  const note = (message: string) => void told.push(message)
  return pipeline({
    name: 'maintained',
    source: memorySource({ schema: Ticket, partitions: [[]] }),
    log: memoryLog(),
    logger: { debug() {}, info: note, warn: note, error: note },
    drainTimeout,
    flows: (tickets) => ({ all: tickets.pipe(into(sink)) }),
  }).run({ handleSignals: false })
}

test('a sink works beside the run, and is notified and waited for when the run is over', async () => {
  const seen: string[] = []
  const sink: Sink<Ticket> = {
    ...memorySink<Ticket>('all'),
    async maintain({ signal, logger }) {
      logger.info('begun')
      await new Promise<void>((over) => signal.addEventListener('abort', () => over()))
      await new Promise((later) => setTimeout(later, 10))
      seen.push('ended')
    },
  }
  const told: string[] = []
  expect((await run(sink, told)).how).toBe('done')
  expect([...told, ...seen]).toEqual(['begun', 'ended'])
})

test('its failure is logged, and stops nothing', async () => {
  const told: string[] = []
  const fails: Sink<Ticket> = { ...memorySink<Ticket>('all'), maintain: () => Promise.reject(new Error('no room')) }
  expect((await run(fails, told)).how).toBe('done')
  expect(told).toEqual(['what the sink of flow "all" does beside the pipeline has stopped, the pipeline continues: no room'])
})

test('one that does not end is left behind at the deadline of the drain', async () => {
  expect((await run({ ...memorySink<Ticket>('all'), maintain: () => new Promise<void>(() => {}) }, [], 20)).how).toBe('done')
})
