import { expect, test } from 'vitest'
import { Event } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import type { Sink } from '../connectors/sink.ts'
import { Graph } from '../dataflow/graph.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { tumbling } from '../window/tumbling.ts'
import { LATE, lateOutput, writersOf } from './writer-specs.ts'

const sink = (name: string): Sink<never> => memorySink<never>(name)
const minutes = tumbling({ size: '1 minute' })

/** The outputs of tasks, merge and both, by flow and the sink's target. */
function outputs(flows: ConstructorParameters<typeof Graph<Event>>[2], shared: Parameters<typeof writersOf>[1] = {}) {
  const graph = new Graph<Event>('task', Event, flows)
  graph.close()
  const { task, merge, all } = writersOf(graph, shared)
  const names = (specs: typeof all) => specs.map(({ flow, sink: of, sparse }) => `${flow} → ${of.target}${sparse ? ' (sparse)' : ''}`)
  return { task: names(task), merge: names(merge), all: names(all) }
}

const plain: Parameters<typeof outputs>[0] = (rows) => ({ all: rows.pipe(into(sink('all') as Sink<Event>)) })
const both: Parameters<typeof outputs>[0] = (rows) => ({
  ...plain(rows),
  w: rows.pipe(windowed(minutes, { aggregate: { n: count() } }), into(sink('w') as never)),
})

test('without an aggregation the merge writes nothing', () => {
  expect(outputs(plain)).toEqual({ task: ['all → memory:all'], merge: [], all: ['all → memory:all'] })
  expect(outputs(plain, { deadLetters: sink('dead') as never, late: sink('late') as never }).merge).toEqual([])
})

test('flows that end after an aggregation are written by the merge, the others by the tasks', () => {
  expect(outputs(both)).toEqual({ task: ['all → memory:all'], merge: ['w → memory:w'], all: ['all → memory:all', 'w → memory:w'] })
})

test('late rows and dead letters are the tasks’; dead letters are the merge’s too, which leaves their first file to the tasks', () => {
  const { task, merge, all } = outputs(both, { deadLetters: sink('dead') as never, late: sink('late') as never })
  expect(task).toEqual(['all → memory:all', '@late → memory:late', '@dead_letters → memory:dead'])
  expect(merge).toEqual(['w → memory:w', '@dead_letters → memory:dead (sparse)'])
  // Each output once, so that no sink is prepared or begun twice.
  expect(all).toEqual([...task, 'w → memory:w'])
})

test('an aggregation’s own sink for late rows goes to where the aggregation runs', () => {
  const late = sink('own') as never
  const { task, merge } = outputs((rows) => ({
    w: rows.pipe(
      windowed(minutes, { aggregate: { n: count() }, late }),
      windowed(tumbling({ size: '1 hour' }), { id: 'hours', aggregate: { n: count() }, late: sink('hours') as never }),
      into(sink('w') as never),
    ),
  }))
  expect(task).toEqual([`${lateOutput('w/windowed')} → memory:own`])
  expect(merge).toEqual(['w → memory:w', `${lateOutput('w/hours')} → memory:hours`])
})

test('no flow can be called as the late rows are', () => {
  expect([LATE, lateOutput('w/windowed')]).toEqual(['@late', '@late:w/windowed'])
})
