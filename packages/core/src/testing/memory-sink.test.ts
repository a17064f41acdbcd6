import { describe, expect, it } from 'vitest'
import { Event } from '../../test/lake.ts'
import { Batch } from '../batch/batch.ts'
import type { MemorySink } from './memory-sink.ts'
import { memorySink } from './memory-sink.ts'

const row = (who: number): Event => ({ at: new Date(0), kind: 'a', who })
const range = { from: 0, to: 1, empty: false }

/** Stages rows as one range, and returns what names them. */
async function stage(sink: MemorySink<Event>, task: string, n: number, attempt: string, ...who: number[]) {
  const writer = await sink.open({ logId: 'x', task, flow: 'f' }, Event)
  await writer.write(Batch.of(Event, who.map(row)))
  const staged = await writer.stage(n, attempt, range)
  if (!staged) throw new Error('nothing was staged')
  return { staged, publish: () => writer.publish(staged), sweep: writer.sweep }
}

it('shows its rows in the order of tasks and ranges, by number and not as text', async () => {
  const sink = memorySink<Event>()
  for (const [task, n, who] of [
    ['t-1', 0, 5],
    ['t-0', 10, 3],
    ['t-0', 9, 2],
    ['t-0', 1, 1],
    ['merge', 0, 0],
  ] as const)
    await (await stage(sink, task, n, 'a', who)).publish()
  expect(sink.rows.map(({ who }) => who)).toEqual([0, 1, 2, 3, 5])
  expect([...sink.files.keys()].sort()).toEqual(['merge-0', 't-0-1', 't-0-10', 't-0-9', 't-1-0'])
})

it('tells what is staged, and knows its schema once it is opened', async () => {
  const sink = memorySink<Event>()
  expect([sink.schema, sink.staged, sink.rows]).toEqual([null, [], []])
  const { publish } = await stage(sink, 't-0', 3, 'a', 1)
  expect([sink.schema, sink.staged, sink.rows]).toEqual([Event, ['t-0/3/a'], []])
  await publish()
  expect([sink.staged, sink.rows]).toEqual([[], [row(1)]])
})

describe('publishing', () => {
  it('a second time changes nothing', async () => {
    const sink = memorySink<Event>()
    const { publish, staged } = await stage(sink, 't-0', 0, 'a', 1, 2)
    await publish()
    const other = await sink.open({ logId: 'x', task: 't-0', flow: 'f' }, Event)
    await other.publish(staged)
    expect(sink.rows).toHaveLength(2)
  })

  it('what was swept is an error, and shows nothing', async () => {
    const sink = memorySink<Event>()
    const { publish, sweep } = await stage(sink, 't-0', 0, 'a', 1)
    await sweep({ n: 1, attempt: 'b' })
    await expect(publish()).rejects.toMatchObject({ code: 'STAGED_LOST' })
    expect(sink.rows).toEqual([])
  })

  it("another attempt's range in place of the one that is visible is an error, and changes nothing", async () => {
    const sink = memorySink<Event>()
    const [a, b] = [await stage(sink, 't-0', 0, 'a', 1), await stage(sink, 't-0', 0, 'b', 2)]
    await a.publish()
    await expect(b.publish()).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining('not what attempt b has staged') })
    expect(sink.rows).toEqual([row(1)])
  })
})

it('has another place for each later version, the same one each time', async () => {
  const sink = memorySink<Event>('f')
  const second = sink.version(2)
  expect([sink.target, second.target, sink.version(3).target]).toEqual(['memory:f', 'memory:f.v2', 'memory:f.v3'])
  await (await stage(second, 't-0', 0, 'a', 1)).publish()
  expect([sink.rows, sink.version(2).rows]).toEqual([[], [row(1)]])
})
