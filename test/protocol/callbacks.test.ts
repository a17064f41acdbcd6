import { expect, test } from 'vitest'
import { count } from '../../packages/core/src/aggregate/count.ts'
import type { Logger } from '../../packages/core/src/base/log/logger.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { windowed } from '../../packages/core/src/operators/windowed.ts'
import type { PipelineOptions } from '../../packages/core/src/pipeline/options.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource } from '../../packages/core/src/testing/memory-source.ts'
import { tumbling } from '../../packages/core/src/window/tumbling.ts'
import { Event, messages } from '../../packages/core/test/lake.ts'

const boom = () => {
  throw new Error('boom')
}
/** What the process is warned of while `work` runs, and what it came to. */
async function watched<R>(work: () => Promise<R>): Promise<{ result: R; warnings: string[] }> {
  const warnings: string[] = []
  const note = (warning: Error) => void warnings.push(warning.message)
  process.on('warning', note)
  const result = await work()
  await new Promise((done) => setTimeout(done, 10))
  process.off('warning', note)
  return { result, warnings: warnings.filter((text) => text.includes('boom')) }
}

const run = (options: Partial<PipelineOptions<Event, number>> = {}, late?: { next(): void }) =>
  pipeline({
    name: 'p',
    // Two of three rows are late, in two tasks.
    source: memorySource({ schema: Event, partitions: [messages([100, 1, 2]), messages([100, 3, 4])], chunk: 1 }),
    log: memoryLog(),
    flows: (events) => ({
      f: events.pipe(windowed(tumbling({ size: '1 second' }), { aggregate: { events: count() }, ...(late && { late }) }), into(memorySink('f'))),
    }),
    ...options,
  }).run({ handleSignals: false })

const failing: Logger = { debug: boom, info: boom, warn: boom, error: boom }
const retried = () => {
  let failed = false
  const sink = memorySink<Event>('g')
  const write = async () => {
    if (failed) return
    failed = true
    throw Object.assign(new Error('busy'), { retryable: true })
  }
  const open: typeof sink.open = async (...args) => ({ ...(await sink.open(...args)), write })
  return { flows: (events: Parameters<PipelineOptions<Event, number>['flows']>[0]) => ({ g: events.pipe(into({ ...sink, open })) }) }
}

test.each([
  ['throws', boom],
  ['rejects', async () => boom()],
])('onProgress that %s stops nothing, and is logged once', async (_, onProgress) => {
  const told: string[] = []
  const note = (message: string) => void told.push(message)
  const { warnings } = await watched(() => run({ onProgress: () => onProgress(), logger: { debug() {}, info() {}, warn() {}, error: note } }))
  expect(told).toEqual([expect.stringContaining('onProgress threw')])
  expect(warnings).toEqual([])
})

test('onProgress that throws without a logger is a warning of the process', async () => {
  const { result, warnings } = await watched(() => run({ onProgress: () => boom() }))
  expect(result.how).toBe('done')
  expect(warnings).toHaveLength(1)
})

test('a logger that throws stops nothing, and the process is warned once', async () => {
  const { result, warnings } = await watched(() => run({ logger: failing, retries: 3, ...retried() }))
  expect(result).toMatchObject({ how: 'done', rows: 6 })
  expect(warnings).toEqual([expect.stringContaining('the logger threw')])
})

test('an observer of late rows that throws stops nothing, and the process is warned once', async () => {
  const { result, warnings } = await watched(() => run({}, { next: boom }))
  expect(result).toMatchObject({ how: 'done', late: { 'f/windowed': 4 } })
  expect(warnings).toEqual([expect.stringContaining('late observer of "windowed" threw')])
})
