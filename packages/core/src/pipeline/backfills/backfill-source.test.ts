import { describe, expect, test } from 'vitest'
import { Event, messages } from '../../../test/lake.ts'
import type { Json } from '../../base/json.ts'
import type { Assignments, Source } from '../../connectors/source.ts'
import { memorySource } from '../../testing/memory-source.ts'
import { BackfillSource } from './backfill-source.ts'

const inner = (more: Partial<Source<Event>> = {}): Source<Event, Json> => ({
  ...memorySource({ schema: Event, partitions: [messages([1, 2]), messages([3])], topic: 'events', until: 'now' }),
  ...more,
})
const TASKS = ['events.backfill.old-0', 'events.backfill.old-1'] as const

async function described(source = inner()) {
  const filling = new BackfillSource(source, 'old')
  const { partitions } = await filling.describe()
  return { filling, partitions }
}

test('describes the partitions under the names of its tasks, with the same positions', async () => {
  const { filling, partitions } = await described()
  expect(partitions.map(({ id, topic, start, end }) => [id, topic, start, end])).toEqual([
    [TASKS[0], 'events', 0, 2],
    [TASKS[1], 'events', 0, 1],
  ])
  expect(TASKS.map(filling.originOf)).toEqual(['events-0', 'events-1'])
  // A task of the pipeline itself reads what it is called.
  expect(filling.originOf('events-0')).toBe('events-0')
})

test('is complete, whatever the source is: each task ends for good at the end of its range', async () => {
  const { filling } = await described(inner({ keyedBy: ['who'] }))
  expect([filling.until, filling.name, filling.schema, filling.keyedBy]).toEqual(['complete', 'events', Event, ['who']])
  expect((await described()).filling.keyedBy).toBeUndefined()
})

test('reads the partition of a task from the given position', async () => {
  const { filling } = await described()
  const reader = await filling.open(TASKS[0], 1, { to: 2, maxFuture: Number.MAX_SAFE_INTEGER })
  const chunk = await reader.read({ rows: 10, bytes: 1e6, ms: 5, signal: new AbortController().signal })
  expect(chunk).toMatchObject({ batch: { length: 1 }, position: 2 })
})

test('opens no partition under its own name, nor one that it has not described', async () => {
  const { filling } = await described()
  for (const task of ['events-0', 'events.backfill.other-0', 'toString'])
    expect(() => filling.open(task, 0, { maxFuture: 0 })).toThrow(
      expect.objectContaining({ code: 'SOURCE_MISSING', message: expect.stringContaining(task) }),
    )
})

describe('partitions that are handed out', () => {
  /** What the pipeline is given, by a source that gives both partitions and then takes one away. */
  async function given(tasks: readonly string[]) {
    const seen: [string, readonly string[]][] = []
    let on: Assignments | undefined
    const { filling } = await described(
      inner({
        partitions: async (assignments) => {
          on = assignments
          return { close: async () => void seen.push(['closed', []]) }
        },
      }),
    )
    const closable = await filling.only(tasks).partitions({
      assigned: (partitions) => seen.push(['assigned', partitions]),
      revoked: async (partitions) => void seen.push(['revoked', partitions]),
      failed: (error) => seen.push(['failed', [String(error)]]),
    })
    return { seen, closable, on: on as Assignments }
  }

  test('become the tasks that are to run', async () => {
    const { seen, on, closable } = await given(TASKS)
    on.assigned(['events-0', 'events-1'])
    await on.revoked(['events-1'])
    on.failed('no group')
    await closable.close()
    expect(seen).toEqual([
      ['assigned', TASKS],
      ['revoked', [TASKS[1]]],
      ['failed', ['no group']],
      ['closed', []],
    ])
  })

  test('are let be where their task is done already', async () => {
    const { seen, on } = await given([TASKS[1]])
    on.assigned(['events-0', 'events-1'])
    await on.revoked(['events-0'])
    expect(seen).toEqual([
      ['assigned', [TASKS[1]]],
      ['revoked', []],
    ])
  })
})

test('asks the source about its own partitions when offsets are checked', async () => {
  const asked: unknown[] = []
  const { filling } = await described(inner({ checkOffsets: async (of) => void asked.push(of) }))
  await filling.checkOffsets({ id: 'x', fresh: false, heads: { [TASKS[0]]: 4, [TASKS[1]]: null } })
  expect(asked).toEqual([{ id: 'x', fresh: false, heads: { 'events-0': 4, 'events-1': null } }])
  await (await described()).filling.checkOffsets({ id: 'x', fresh: false, heads: {} })
})
