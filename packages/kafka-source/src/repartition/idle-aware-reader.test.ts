import { Batch, type Chunk, Ticket } from '@tickets/core'
import { expect, it } from 'vitest'
import { ticketAt } from '../../test/repartition-helpers.ts'
import { idleAwareReader } from './idle-aware-reader.ts'
import { Upstream } from './upstream.ts'

const none = Batch.of(Ticket, [])
const some = Batch.of(Ticket, [ticketAt(1, 'CLIENT_1000', 1)])

/** A reader behind `upstream` whose chunks are given. */
function under(upstream: Upstream, ends: boolean, chunks: readonly Pick<Chunk<Ticket, number>, 'batch' | 'lag'>[]) {
  const warnings: string[] = []
  const left = [...chunks]
  const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) }
  const inner = { read: async () => ({ rejected: [], position: 1, ...(left.shift() ?? { batch: none, lag: 0 }) }), close: async () => {} }
  const reader = idleAwareReader<Ticket>(inner, { partition: 't-0', upstream, ends, logger, warnAfter: 0 })
  return { warnings, read: () => reader.read({ rows: 1, bytes: 1, ms: 1, signal: new AbortController().signal }) }
}

it('says once for whom windows wait when all there is was read, and again after the watermark has moved', async () => {
  const upstream = new Upstream()
  upstream.addMarker('in-0', 10, 'running', ['in-0', 'in-1'])
  const { warnings, read } = under(upstream, false, [
    { batch: some, lag: 5 },
    { batch: some, lag: 0 },
  ])
  await read()
  expect(warnings).toEqual([])
  await read()
  await read()
  expect(warnings).toEqual([expect.stringContaining('windows of t-0 wait for in-1 upstream')])
  upstream.addMarker('in-1', 20, 'running', ['in-0', 'in-1'])
  await read()
  await read()
  expect(warnings).toEqual([expect.anything(), expect.stringContaining('wait for in-0 upstream')])
  upstream.addMarker('in-0', 10, 'idle', ['in-0', 'in-1'])
  upstream.addMarker('in-1', 20, 'idle', ['in-0', 'in-1'])
  for (let i = 0; i < 3; i++) await read()
  expect(warnings).toHaveLength(2)
})

it('ends where all tasks have ended and nothing is left to read, if it is to end', async () => {
  for (const ends of [true, false]) {
    const upstream = new Upstream()
    const { read } = under(upstream, ends, [
      { batch: none, lag: 0 },
      { batch: some, lag: 2 },
      { batch: some, lag: 1 },
      { batch: none, lag: 0 },
    ])
    upstream.addMarker('in-0', 10, 'ended', ['in-0', 'in-1'])
    expect(await read()).not.toBe('end')
    expect(await read()).not.toBe('end')
    upstream.addMarker('in-1', 10, 'ended', ['in-0', 'in-1'])
    expect(await read()).not.toBe('end')
    expect(await read()).not.toBe('end')
    expect((await read()) === 'end').toBe(ends)
  }
})
