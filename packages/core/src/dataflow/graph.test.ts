import { map, merge, Observable, Subject, share, switchMap, tap } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { Event } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { filterRows } from '../operators/filter-rows.ts'
import { into } from '../operators/into.ts'
import { mapAsync } from '../operators/map-async.ts'
import { statefulOperator } from '../operators/stateful-operator.ts'
import { windowed } from '../operators/windowed.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { PartitionClock } from '../time/watermark.ts'
import { tumbling } from '../window/tumbling.ts'
import { type Flows, Graph } from './graph.ts'
import type { GraphHandlers } from './graph-handlers.ts'

type Events = Observable<Batch<Event>>
const sink = () => into<Event>(memorySink<Event>())
const batchOf = (...seconds: number[]) =>
  new PartitionClock(0).stamp(
    Batch.of(
      Event,
      seconds.map((s) => ({ at: new Date(s * 1000), kind: 'a' as const, who: s })),
    ),
  )
const counted = () => windowed<Event, never, { n: ReturnType<typeof count> }>(tumbling({ size: '10s' }), { aggregate: { n: count() } })

/** A graph with what reached the sinks of its flows. */
function make(flows: Flows<Event>, handlers: GraphHandlers = {}, kind: 'task' | 'merge' = 'task') {
  const outputs: [string, unknown[]][] = []
  const onOutput = (flow: string, batch: Batch<unknown>) => void outputs.push([flow, batch.toArray()])
  return { graph: new Graph<Event>(kind, Event, flows, { onOutput, ...handlers }, 't-0'), outputs }
}
const whos = (outputs: readonly [string, unknown[]][]) => outputs.map(([flow, rows]) => [flow, rows.map((row) => (row as Event).who)])
const running = (id: string, log: string[]) =>
  statefulOperator<Event, Event, null>({
    id,
    init: () => null,
    onBatch: (_, batch) => batch,
    onRangeEnd: () => void log.push(id),
    snapshot: () => null,
    restore: () => null,
  })

describe('building', () => {
  const refused = (flows: Flows<Event>, code: string, says: string) =>
    expect(() => make(flows)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(says) }))

  test('refuses no flows, a name that no file may have, and a flow that does not end in one sink', () => {
    refused(() => ({}), 'OPTION_INVALID', 'at least one flow')
    refused((events) => ({ 'a/b': events.pipe(sink()) }), 'OPTION_INVALID', '"a/b"')
    refused((events) => ({ f: events as never }), 'FLOW_TARGET', 'flow "f" ends in 0 sinks')
  })

  test('refuses a flow that holds back the empty batch of the start', () => {
    refused(
      (events) => ({
        f: events.pipe(
          filterRows(() => true),
          switchMap(() => new Subject<Batch<Event>>()),
          sink(),
        ),
      }),
      'FLOW_SILENT',
      '"f"',
    )
  })

  test('refuses two operators of one id in a flow, and takes them in two', () => {
    refused((events) => ({ f: events.pipe(running('a', []), running('a', []), sink()) }), 'OPERATOR_SCOPE', '"a"')
    const { graph } = make((events) => ({ f: events.pipe(running('a', []), sink()), g: events.pipe(running('a', []), sink()) }))
    expect([...graph.stateful.keys()]).toEqual(['f/a', 'g/a'])
  })

  test('gives an error of an operator at the start to the caller', () => {
    const boom = (events: Events) => ({
      f: events.pipe(
        map((): Batch<Event> => {
          throw new Error('boom')
        }),
        sink(),
      ),
    })
    refused(boom as never, 'FLOW_FAILED', 'flow "f" failed: boom')
  })

  test('shows nothing of the start to the sinks, and learns their schemas', () => {
    const { graph, outputs } = make((events) => ({ f: events.pipe(sink()), w: events.pipe(counted(), into(memorySink() as never)) }))
    expect(outputs).toEqual([])
    expect(graph.ends.map(({ flow, schema, inMergeStage }) => [flow, schema?.name, inMergeStage])).toEqual([
      ['f', 'event', false],
      ['w', 'event_tumbling', true],
    ])
    expect([...graph.aggregations.keys()]).toEqual(['w/windowed'])
  })
})

describe('pushing', () => {
  test('gives each batch to each flow, in the order in which they were named', () => {
    const { graph, outputs } = make((events) => ({
      b: events.pipe(sink()),
      a: events.pipe(
        filterRows(({ who }) => who > 1),
        sink(),
      ),
    }))
    graph.push(batchOf(1, 2))
    graph.push(batchOf(3))
    expect(whos(outputs)).toEqual([
      ['b', [1, 2]],
      ['a', [2]],
      ['b', [3]],
      ['a', [3]],
    ])
  })

  test('ends a range for each operator with memory', () => {
    const log: string[] = []
    const { graph } = make((events) => ({ f: events.pipe(running('a', log), running('b', log), sink()) }))
    log.length = 0
    graph.rangeEnd(5)
    expect(log).toEqual(['a', 'b'])
  })

  test('waits for what operators wait for, and then has it all', async () => {
    const { graph, outputs } = make((events) => ({
      f: events.pipe(
        mapAsync<Event, Event>(Event, async (row) => row),
        sink(),
      ),
    }))
    graph.push(batchOf(1))
    graph.push(batchOf(2))
    expect(outputs).toEqual([])
    await graph.settled()
    expect(whos(outputs)).toEqual([
      ['f', [1]],
      ['f', [2]],
    ])
  })

  test('fails for good once an operator has failed: no later batch is taken for done', async () => {
    let isBroken = true
    const { graph, outputs } = make((events) => ({
      f: events.pipe(
        map((batch) => {
          if (isBroken && batch.length > 0) throw new Error('boom')
          return batch
        }),
        sink(),
      ),
    }))
    expect(() => graph.push(batchOf(1))).toThrow('boom')
    isBroken = false
    for (const again of [() => graph.push(batchOf(2)), () => graph.rangeEnd(5)])
      expect(again).toThrow(expect.objectContaining({ code: 'FLOW_FAILED' }))
    await expect(graph.settled()).rejects.toThrow('boom')
    expect(outputs).toEqual([])
  })

  test('reports an error outside of a push, where no caller would see it', () => {
    const [errors, outside] = [[] as unknown[], new Subject<Batch<Event>>()]
    const { graph } = make((events) => ({ f: merge(events, outside).pipe(sink()) }), { onFailure: (error) => void errors.push(error) })
    outside.error(new Error('boom'))
    expect(errors).toMatchObject([{ code: 'FLOW_FAILED', message: expect.stringContaining('boom') }])
    expect(() => graph.push(batchOf(1))).toThrow('boom')
  })
})

test('once released it takes nothing more, and says so rather than lose it', () => {
  const { graph, outputs } = make((events) => ({ f: events.pipe(sink()) }))
  graph.close()
  for (const late of [() => graph.push(batchOf(1)), () => graph.rangeEnd(1), () => graph.emit(() => {})])
    expect(late).toThrow(expect.objectContaining({ code: 'TASK_LOST', retryable: true }))
  expect(outputs).toEqual([])
})

test('gives the partials of each aggregation that has some', () => {
  const { graph } = make((events) => ({ f: events.pipe(sink()), w: events.pipe(counted(), into(memorySink() as never)) }))
  expect(graph.partials(5, false)).toEqual({})
  graph.push(batchOf(1, 2))
  expect(graph.partials(5_000, false)).toEqual({})
  expect(graph.partials(10_000, false)).toMatchObject({ 'w/windowed': [{ rows: 2, closed: true }] })
  expect(graph.partials(10_000, true)).toEqual({})
})

test('a sink below an aggregation gets rows of the merge alone, other sinks those of tasks alone', () => {
  const flows: Flows<Event> = (events) => ({ f: events.pipe(sink()), w: events.pipe(counted(), into(memorySink() as never)) })
  const [task, shown] = [make(flows), make(flows, {}, 'merge')]
  const emission = { key: '[0,10000]', accs: [[2]], revision: 0, final: true, rows: 2 }
  for (const { graph } of [task, shown]) {
    graph.push(batchOf(1))
    graph.emit(() => graph.aggregations.get('w/windowed')?.emit([emission]))
  }
  expect(task.outputs.map(([flow]) => flow)).toEqual(['f'])
  expect(shown.outputs).toMatchObject([['w', [{ n: 2 }]]])
})

describe('2.6 whether something may keep batches', () => {
  const keeps = (flows: Flows<Event>) => make(flows).graph.keepsBatches
  const seen = { init: () => 0, add: (n: number) => n + 1, merge: (a: number, b: number) => a + b, result: (n: number) => n }
  const counting = (agg: object) => windowed(tumbling({ size: '10s' }), { aggregate: { n: agg as never } })

  test('is false for operators of ours that are done with a batch when it has passed', () => {
    expect(keeps((events) => ({ f: events.pipe(sink()) }))).toBe(false)
    expect(
      keeps((events) => {
        const some = events.pipe(filterRows(({ who }) => who > 1))
        return { f: some.pipe(sink()), g: some.pipe(counted(), into(memorySink())), h: events.pipe(counting(seen), into(memorySink())) }
      }),
    ).toBe(false)
  })

  const kept: unknown[] = []
  test.each<[string, Flows<Event>]>([
    [
      'an operator of RxJS',
      (events) => ({
        f: events.pipe(
          tap((batch) => void kept.push(batch)),
          sink(),
        ),
      }),
    ],
    [
      'one behind an operator of ours',
      (events) => ({
        f: events.pipe(
          filterRows(() => true),
          share(),
          sink(),
        ),
      }),
    ],
    ['flows that are merged', (events) => ({ f: merge(events.pipe(filterRows(() => false)), events).pipe(sink()) })],
    ['an observable of the user', (events) => ({ f: new Observable<Batch<Event>>((out) => events.subscribe(out)).pipe(sink()) })],
    [
      'a subscription beside the flow',
      (events) => {
        events.subscribe((batch) => void kept.push(batch))
        return { f: events.pipe(sink()) }
      },
    ],
    [
      'an operator that waits',
      (events) => ({
        f: events.pipe(
          mapAsync(Event, async (row) => row),
          sink(),
        ),
      }),
    ],
    ['an operator with state', (events) => ({ f: events.pipe(running('a', []), sink()) })],
    [
      "an aggregate of the user's that sees batches",
      (events) => ({ f: events.pipe(counting({ ...seen, columnar: () => (n: number) => n + 1 }), into(memorySink())) }),
    ],
  ])('is true for %s', (_, flows) => {
    expect(keeps(flows)).toBe(true)
  })
})
