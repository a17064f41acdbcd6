import { expect, test } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import type { Json } from '../base/json.ts'
import type { Progress } from '../connectors/progress.ts'
import { into } from '../operators/into.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { execute, type RunOptions } from './execute.ts'
import { makeContext } from './make-context.ts'
import { type PipelineOptions, resolveOptions } from './options.ts'
import { prepare } from './prepare.ts'

interface Given extends Partial<PipelineOptions<Event, Json>> {
  readonly after?: (drain: AbortSignal) => Promise<void>
  readonly until?: 'never' | 'complete'
}

async function make({ after, until = 'complete', ...more }: Given = {}) {
  const sink = memorySink<Event>('f')
  const options: PipelineOptions<Event, Json> = {
    name: 'p',
    source: memorySource({ schema: Event, partitions: [messages([1, 2, 3])], until }),
    log: memoryLog(),
    clock: quickClock,
    flows: (rows) => ({ f: rows.pipe(into(sink)) }),
    ...more,
  }
  const resolved = resolveOptions(options)
  const context = await makeContext(options, resolved, await prepare(options, resolved), null)
  const run = (runOptions: RunOptions = { handleSignals: false }) =>
    execute({ options, resolved, context, ends: null, merges: false, runOptions, ...(after && { after }) })
  return { run, sink, options, context }
}

const handlers = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')

test('returns what was committed while it ran', async () => {
  const { run, sink, options } = await make()
  expect(await run()).toMatchObject({ how: 'done', rows: 3, rejected: 0, written: { f: 3 } })
  expect(sink.rows).toHaveLength(3)
  // The log has counted three rows already; this run has read none.
  expect(await (await make({ log: options.log })).run()).toMatchObject({ rows: 0, written: { f: 0 } })
})

test('calls both listeners at the end, each with its own errors kept from the run', async () => {
  const told: string[] = []
  const seen: Progress[] = []
  const { run } = await make({
    logger: { debug() {}, info() {}, warn() {}, error: (text) => void told.push(text) },
    onProgress: () => {
      throw new Error('no display')
    },
  })
  await run({ handleSignals: false, onProgress: (progress) => void seen.push(progress) })
  expect(seen.at(-1)).toMatchObject({ rows: 3, ranges: expect.any(Number), lag: 0 })
  expect(told).toEqual([expect.stringContaining('onProgress')])
})

test('stops where its signal has aborted before it began, or aborts later; what was read is committed', async () => {
  const early = await make({ until: 'never' })
  expect(await early.run({ handleSignals: false, signal: AbortSignal.abort() })).toMatchObject({ how: 'stopped' })
  const stop = new AbortController()
  const { run, sink } = await make({ until: 'never', range: { rows: 1 } })
  const running = run({ handleSignals: false, signal: stop.signal })
  while (sink.rows.length === 0) await new Promise((done) => setTimeout(done, 1))
  stop.abort()
  const { how, rows } = await running
  expect([how, rows]).toEqual(['stopped', sink.rows.length])
})

test('does what comes after only where the run came to its end by itself', async () => {
  const calls: string[] = []
  const after = async (drain: AbortSignal) => void calls.push(drain.aborted ? 'draining' : 'after')
  await (await make({ after })).run()
  await (await make({ after, until: 'never' })).run({ handleSignals: false, signal: AbortSignal.abort() })
  expect(calls).toEqual(['after'])
})

test('takes its signal handlers off again, whether it ends or fails', async () => {
  const before = handlers()
  const { run } = await make()
  const running = run({})
  expect(handlers()).toBe(before + 2)
  await running
  expect(handlers()).toBe(before)
  const failing = await make({ after: () => Promise.reject(new Error('no merge')) })
  await expect(failing.run({})).rejects.toThrow('no merge')
  expect(handlers()).toBe(before)
})

test('leaves no handler and no timer behind where the log cannot be read at first', async () => {
  const before = handlers()
  const seen: Progress[] = []
  const { run, context, options } = await make({ onProgress: (progress) => void seen.push(progress) })
  options.log.head = () => Promise.reject(new Error('no disk'))
  await expect(run({})).rejects.toThrow('no disk')
  expect(handlers()).toBe(before)
  // The last report, as after any run; a timer left behind would continue them.
  expect(seen).toHaveLength(1)
  expect(context.statuses.size).toBe(0)
})
