import { expect, test } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'
import { filterRows } from '../operators/filter-rows.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { MERGE } from '../records/merge-record.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { tumbling } from '../window/tumbling.ts'

test('a merge whose sink cannot be opened ends the run with the error, and is opened by the next one', async () => {
  const sink = memorySink<{ events: number }>('f')
  const log = memoryLog()
  const run = (failing: boolean) => {
    const open: typeof sink.open = (at, ...more) => (failing && at.task === MERGE ? Promise.reject(new Error('no room')) : sink.open(at, ...more))
    return pipeline({
      name: 'p',
      source: memorySource({ schema: Event, partitions: [messages([1, 2])], until: 'now' }),
      log,
      flows: (events) => ({
        f: events.pipe(windowed(tumbling({ size: '1 second' }), { aggregate: { events: count() } }), into({ ...sink, open })),
      }),
    }).run({ handleSignals: false })
  }
  await expect(run(true)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('no room') })
  await run(false)
  expect(sink.rows).toHaveLength(2)
})

test('a lone last record without results is committed by the merge, so that nobody waits for it', async () => {
  const log = memoryLog()
  const sink = memorySink<{ events: number }>('f')
  const script = messages([1, 2])
  const run = (through: CommitLog = log) =>
    pipeline({
      name: 'p',
      source: memorySource({ schema: Event, partitions: [script], until: 'now' }),
      log: through,
      flows: (events) => ({
        f: events.pipe(
          filterRows(({ at }) => at.getUTCSeconds() < 10),
          windowed(tumbling({ size: '1 second' }), { aggregate: { events: count() } }),
          into(sink),
        ),
      }),
    }).run({ handleSignals: false })
  await run()
  const head = (await log.head('memory-0')) as LogRecord
  // Another process went idle once more: one record, with nothing in it.
  await log.append('memory-0', {
    ...head,
    n: head.n + 1,
    attempt: 'other',
    files: {},
    body: { ...(head.body as object), from: 2, to: 2, partials: {} },
  })
  await run()
  expect(await log.head(MERGE)).toMatchObject({ body: { position: { 'memory-0': head.n + 1 } } })
  expect(sink.rows).toHaveLength(2)
})

test('a run that finds nothing new leaves the records of the merge as they are', async () => {
  const [log, sink] = [memoryLog(), memorySink<{ events: number }>('f')]
  const run = () =>
    pipeline({
      name: 'p',
      source: memorySource({ schema: Event, partitions: [messages([1, 2])], until: 'now' }),
      log,
      flows: (events) => ({ f: events.pipe(windowed(tumbling({ size: '1 second' }), { aggregate: { events: count() } }), into(sink)) }),
    }).run({ handleSignals: false })
  await run()
  const head = await log.head(MERGE)
  for (let again = 0; again < 2; again++) {
    await run()
    expect(await log.head(MERGE)).toEqual(head)
  }
  expect(sink.rows).toHaveLength(2)
})
