import { share } from 'rxjs'
import { expect, test } from 'vitest'
import { Event, numbered } from '../../../test/lake.ts'
import { count } from '../../aggregate/count.ts'
import { type Flows, Graph } from '../../dataflow/graph.ts'
import { into } from '../../operators/into.ts'
import { windowed } from '../../operators/windowed.ts'
import { memoryLog } from '../../testing/memory-log.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { session } from '../../window/session.ts'
import { tumbling } from '../../window/tumbling.ts'
import type { ChangedRecord, OpenChange, Standpoint } from './change-record.ts'
import { checkFillable, fillOf, sharedCheck, unfillable } from './fill.ts'

const to = (name: string) => into(memorySink(name) as never)
const aggregate = { rows: count() }

test('windows that the merge puts together can be filled; what tasks remember, and what windows feed, cannot', () => {
  const graph = new Graph('task', Event, (events) => ({
    plain: events.pipe(to('plain')),
    windows: events.pipe(windowed(tumbling({ size: '10s' }), { aggregate }), to('windows')),
    sessions: events.pipe(windowed(session({ gap: '10s' }), { aggregate }), to('sessions')),
    numbered: events.pipe(numbered(), to('numbered')),
    twice: events.pipe(
      windowed(tumbling({ size: '10s' }), { aggregate, id: 'small' }),
      windowed(tumbling({ size: '1m' }), { aggregate: { windows: count() }, id: 'large' }),
      to('twice'),
    ),
  }))
  graph.close()
  expect({ ...unfillable(graph) }).toEqual({ sessions: 'windowed', numbered: 'numbered', twice: 'large' })
})

test('flows that share an operator with memory are filled together or not at all', () => {
  const flows: Flows<Event> = (events) => {
    const windows = events.pipe(windowed(tumbling({ size: '10s' }), { aggregate }), share())
    const plain = events.pipe(share())
    return { first: windows.pipe(to('first')), second: windows.pipe(to('second')), third: plain.pipe(to('third')), fourth: plain.pipe(to('fourth')) }
  }
  const graph = new Graph('task', Event, flows)
  graph.close()
  const check = sharedCheck(Event, flows, graph)
  for (const names of [['first', 'second'], ['first'], ['third'], ['fourth']]) expect(() => check(names)).not.toThrow()
  expect(() => check(['second', 'third'])).toThrow(
    'the flow "second" cannot be filled by a backfill: it shares its operator "windowed" with a flow that is not filled with it',
  )
})

const partition = (id: string, earliest: number | string, end: number | string) => ({ id, topic: 't', earliest, start: 0, end })
const info = (...partitions: ReturnType<typeof partition>[]) => ({ topics: [], partitions })
const source = { name: 'topic', backfill: () => Promise.reject() as never }

test('a flow is refused with what keeps it from being filled', () => {
  const refusal = (unfit = {}, from: Parameters<typeof checkFillable>[2] = source, at = info(partition('t-0', 0, 9))) => {
    try {
      checkFillable('a', unfit, from, at)
    } catch (error) {
      return (error as Error).message
    }
    return null
  }
  expect(refusal()).toBeNull()
  expect(refusal({ b: 'dedupe' })).toBeNull()
  expect(refusal({ a: 'dedupe' })).toContain('its operator "dedupe" remembers rows')
  expect(refusal({}, { name: 'file' })).toContain('file cannot be read from an earlier place')
  expect(refusal({}, source, info(partition('t-0', 'x', 9)))).toContain('the positions of t-0 are no numbers')
  expect(refusal({}, source, info(partition('t', 0, 9), partition('t-0', 0, 9)))).toContain('both would share one task')
})

test('a fill reads each partition from its first position up to the fence, under a name that is free', async () => {
  const log = memoryLog()
  await log.append('backfills', { n: 0, attempt: 'a', files: {}, body: { name: 'change_4', parts: [] } })
  const view = (n: number) => ({ n: 0, watermark: null, idle: false, ended: false, to: n })
  const at: Standpoint = { heads: { 't-0': view(7), 't-1': view(3) }, merged: -1 }
  const open = (filled?: string[]) => ({ n: 4, change: { filled }, hadMerge: false }) as unknown as OpenChange
  const record = { fills: [] } as unknown as ChangedRecord
  const partitions = info(partition('t-0', 2, 9), partition('t-1', 3, 3), partition('t-2', 0, 5))
  expect(await fillOf(log, record, open(), at, partitions)).toEqual({})
  expect(await fillOf(log, record, open(['a']), at, partitions)).toEqual({
    fill: { name: 'change_4_', flows: ['a'], parts: [{ task: 't.backfill.change_4_-0', partition: 't-0', from: 2, to: 7 }], after: ['change_4'] },
  })
})
