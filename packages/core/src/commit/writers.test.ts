import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Event } from '../../test/lake.ts'
import { Batch } from '../batch/batch.ts'
import { DEAD_LETTERS, DeadLetter } from '../connectors/dead-letter.ts'
import type { Refused } from '../connectors/refused-rows.ts'
import type { Sink, Writer } from '../connectors/sink.ts'
import { MemoryBudget } from './memory-budget.ts'
import { type WriterSpec, Writers } from './writers.ts'

const at = { logId: 'x', task: 'tickets-0' }
const range = { from: 0, to: 1, minTime: null, maxTime: null, empty: false } as never
const rows = (n: number) =>
  Batch.of(
    Event,
    Array.from({ length: n }, (_, i) => ({ at: new Date(i), kind: 'a' as const, who: i })),
  )

/** Outputs of the given names, and what their writers are called for. */
function outputs(flows: readonly string[], act: Partial<Writer<unknown>> = {}) {
  const calls: string[] = []
  const specs = flows.map((flow): WriterSpec => {
    const writer: Writer<unknown> = {
      write: async (batch) => void calls.push(`write ${flow} ${batch.length}`),
      stage: async (n, attempt) => ({ name: `${flow}-${n}-${attempt}` }),
      publish: async () => void calls.push(`publish ${flow}`),
      sweep: async () => void calls.push(`sweep ${flow}`),
      close: async () => {
        calls.push(`close ${flow}`)
        await turn()
        calls.push(`closed ${flow}`)
      },
      ...act,
    }
    const sink: Sink<unknown> = { target: flow, open: async () => writer }
    return { flow, sink, schema: (flow === DEAD_LETTERS ? DeadLetter : Event) as never }
  })
  return { specs, calls }
}

const row = (key: string): Refused => ({ reason: 'too big', key, value: '{}' })

test('rows that cannot be written are counted, and become dead letters in the order of their refusal', async () => {
  const letters: unknown[] = []
  const { specs } = outputs(['all', DEAD_LETTERS], { write: async (batch) => void letters.push(...batch.toArray()) })
  const writers = await Writers.open(specs, at, new MemoryBudget(1e6))
  writers.refuse('all', [])
  expect(writers.refused).toBe(0)
  writers.refuse('all', [row('a'), row('b')])
  writers.refuse('all', [row('c')])
  await writers.settled()
  expect(writers.refused).toBe(3)
  expect(letters).toMatchObject([
    { topic: 'flow:all', position: 0, key: 'a' },
    { topic: 'flow:all', position: 1, key: 'b' },
    { topic: 'flow:all', position: 2, key: 'c' },
  ])
})

test('rows that cannot be written stop a pipeline without dead letters, and so does a dead letter that cannot be written', async () => {
  const plain = await Writers.open(outputs(['all']).specs, at, new MemoryBudget(1e6))
  const refused = expect.objectContaining({ code: 'RESULT_REFUSED' })
  expect(() => plain.refuse('all', [row('a')])).toThrow(refused)
  const both = await Writers.open(outputs(['all', DEAD_LETTERS]).specs, at, new MemoryBudget(1e6))
  expect(() => both.refuse(DEAD_LETTERS, [row('a')])).toThrow(refused)
  expect(both.refused).toBe(0)
})

test('what a writer refuses of a batch is not counted as written', async () => {
  const { specs } = outputs(['all', DEAD_LETTERS], { write: async (batch) => (batch.length === 3 ? [row('a')] : undefined) as never })
  const writers = await Writers.open(specs, at, new MemoryBudget(1e6))
  writers.write('all', rows(3))
  await writers.settled()
  expect(writers.written).toEqual({ all: 2, [DEAD_LETTERS]: 1 })
})

test('a write that fails rejects settled() and the stage of its range, and is no unhandled rejection', async () => {
  const failed = { code: 'SINK_FAILED', message: expect.stringMatching(/flow "all" failed: no room/) }
  const { specs } = outputs(['all'], { write: () => Promise.reject(new Error('no room')) })
  const writers = await Writers.open(specs, at, new MemoryBudget(1e6))
  writers.write('all', rows(1))
  await turn()
  await expect(writers.settled()).rejects.toMatchObject(failed)
  writers.write('all', rows(1))
  await turn()
  await expect(writers.stage(0, 'a', range).files).rejects.toMatchObject(failed)
})

test('the bytes of a range are given back once, when it is released', async () => {
  const budget = new MemoryBudget(1e6)
  const writers = await Writers.open(outputs(['all', 'some']).specs, at, budget)
  writers.write('all', rows(0))
  expect(writers.held).toBe(0)
  writers.write('all', rows(5))
  writers.write('nobody', rows(5))
  const { held } = writers
  expect(held).toBe(rows(5).bytes)
  expect(budget.held).toBe(held)
  const { files, release } = writers.stage(3, 'a', range)
  expect(writers.held).toBe(0)
  expect(budget.held).toBe(held)
  expect(await files).toEqual({ all: { name: 'all-3-a' }, some: { name: 'some-3-a' } })
  release()
  release()
  expect(budget.held).toBe(0)
})

test('all writers are closed, and waited for, also when one of them fails or a later one cannot be opened', async () => {
  const budget = new MemoryBudget(1e6)
  const { specs, calls } = outputs(['all', 'some'])
  const writers = await Writers.open(specs, at, budget)
  writers.write('all', rows(2))
  await writers.close()
  expect(calls.filter((call) => call.startsWith('closed'))).toEqual(['closed all', 'closed some'])
  expect([budget.held, writers.held]).toEqual([0, 0])
  const failing: WriterSpec = { flow: 'bad', sink: { target: 'bad', open: () => Promise.reject(new Error('no')) }, schema: Event as never }
  const opened = outputs(['all'])
  await expect(Writers.open([...opened.specs, failing], at, budget)).rejects.toMatchObject({ code: 'SINK_FAILED' })
  expect(opened.calls).toEqual(['close all', 'closed all'])
})

test('publishes and sweeps each flow; files of a flow that the pipeline does not write stop it', async () => {
  const { specs, calls } = outputs(['all', 'some'])
  const writers = await Writers.open(specs, at, new MemoryBudget(1e6))
  await writers.publish({ some: { name: 'x' }, all: { name: 'y' } })
  await writers.sweep({ n: 0, attempt: 'a' })
  expect(calls).toEqual(['publish some', 'publish all', 'sweep all', 'sweep some'])
  await expect(writers.publish({ other: { name: 'x' } })).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
})

test('a range is staged ahead only where every writer can', async () => {
  const ahead = outputs(['all'], { stagesAhead: true }).specs
  const open = (specs: readonly WriterSpec[]) => Writers.open(specs, at, new MemoryBudget(1e6))
  expect((await open(ahead)).stagesAhead).toBe(true)
  expect((await open([...ahead, ...outputs(['some']).specs])).stagesAhead).toBe(false)
})

test('all outputs are swept at once, and the first error is thrown when the others are done', async () => {
  const done: string[] = []
  const { specs } = outputs(['a', 'b', 'c'])
  const sweeps: readonly Writer<unknown>['sweep'][] = [
    () =>
      turn()
        .then(turn)
        .then(() => void done.push('a')),
    () => Promise.reject(new Error('no room')),
    () => turn().then(() => void done.push('c')),
  ]
  const failing = specs.map(({ sink, ...spec }, i) => ({
    ...spec,
    sink: { ...sink, open: async (...args: Parameters<Sink<unknown>['open']>) => ({ ...(await sink.open(...args)), sweep: sweeps[i] as never }) },
  }))
  const writers = await Writers.open(failing, at, new MemoryBudget(1e6))
  await expect(writers.sweep({ n: 1, attempt: 'a' })).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('"b"') })
  expect(done).toEqual(['c', 'a'])
})

test('2.6 memory is given back once the push has ended and every writer has released what was written, and never where one does not', async () => {
  const releases: ((() => void) | undefined)[] = []
  const { specs } = outputs(['all', 'some'], { write: async (_, release) => void releases.push(release) })
  const writers = await Writers.open(specs, at, new MemoryBudget(1e6))
  let given = 0
  const giveBack = () => void given++
  const pushed = (...flows: string[]) => writers.lend(giveBack, () => flows.forEach((flow) => void writers.write(flow, rows(1))))
  const after = (release: (() => void) | undefined) => {
    release?.()
    return given
  }
  pushed('all', 'some')
  const [all, some] = releases
  expect([after(undefined), after(all), after(all), after(some), after(some)]).toEqual([0, 0, 0, 1, 1])
  pushed()
  expect(given).toBe(2)
  // Outside of a loan there is nothing to give back, and a batch that was not lent does not count.
  writers.write('all', rows(1))
  pushed('some')
  expect([after(releases[2]), after(releases[3])]).toEqual([2, 3])
  expect(() =>
    writers.lend(giveBack, () => {
      throw new Error('boom')
    }),
  ).toThrow('boom')
  expect(given).toBe(3)
  await writers.close()
})
