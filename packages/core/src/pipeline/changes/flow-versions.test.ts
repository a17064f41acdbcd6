import { expect, test } from 'vitest'
import { Event } from '../../../test/lake.ts'
import { count } from '../../aggregate/count.ts'
import type { CommitLog } from '../../connectors/commit-log.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Sink } from '../../connectors/sink.ts'
import { type Flows, Graph } from '../../dataflow/graph.ts'
import { into } from '../../operators/into.ts'
import { windowed } from '../../operators/windowed.ts'
import { memoryLog } from '../../testing/memory-log.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { memorySource } from '../../testing/memory-source.ts'
import { tumbling } from '../../window/tumbling.ts'
import { pipeline } from '../pipeline.ts'
import type { FlowChanges } from './flow-changes.ts'
import { versionFlows } from './flow-versions.ts'

const anew: FlowChanges = { changed: 'next-version' }
const source = memorySource({ schema: Event, partitions: [[]], until: 'now' })

/** Windows, beside a flow that is called as one wishes. */
const flows =
  (size: '5s' | '10s', sinks: { windows: Sink<unknown>; late?: Sink<LateRow> }, other = 'all'): Flows<Event> =>
  (events) => ({
    windows: events.pipe(
      windowed(tumbling({ size }), { aggregate: { rows: count() }, ...(sinks.late ? { late: sinks.late } : {}) }),
      into(sinks.windows),
    ),
    [other]: events.pipe(into(memorySink<Event>('other'))),
  })

async function begun(first: Flows<Event>): Promise<CommitLog> {
  const log = memoryLog()
  await pipeline({ name: 'versions', source, log, flows: first }).run({ handleSignals: false })
  return log
}

/** What a graph of these flows ends in: flow → target. */
function targets(made: Flows<Event>): Record<string, string | null> {
  const graph = new Graph('task', Event, made)
  graph.close()
  return Object.fromEntries(graph.ends.map(({ flow, sink }) => [flow, sink.target]))
}

test('before a log has begun flows are what the program says', async () => {
  const made = flows('10s', { windows: memorySink('windows') })
  expect(await versionFlows({ flows: made, source, log: memoryLog(), changes: anew })).toEqual({ flows: made, versions: {} })
})

test('a changed flow is called by its next version and writes beside the one before; the others keep name and sink', async () => {
  const windows = memorySink('windows')
  const log = await begun(flows('10s', { windows }))
  const { flows: made, versions } = await versionFlows({ flows: flows('5s', { windows }), source, log, changes: anew })
  expect(versions).toEqual({ windows: { version: 2, beside: true } })
  expect(targets(made)).toEqual({ 'windows.v2': 'memory:windows.v2', all: 'memory:other' })
})

test('unchanged flows, and changed ones that were not allowed to change, keep their names', async () => {
  const windows = memorySink('windows')
  const log = await begun(flows('10s', { windows }))
  for (const [size, changes] of [
    ['10s', anew],
    ['5s', {}],
  ] as const)
    expect((await versionFlows({ flows: flows(size, { windows }), source, log, changes })).versions).toEqual({})
})

test('a changed flow with sinks elsewhere writes where the program says', async () => {
  const log = await begun(flows('10s', { windows: memorySink('windows') }))
  const { flows: made, versions } = await versionFlows({ flows: flows('5s', { windows: memorySink('elsewhere') }), source, log, changes: anew })
  expect(versions).toEqual({ windows: { version: 2, beside: false } })
  expect(targets(made)).toMatchObject({ 'windows.v2': 'memory:elsewhere' })
})

test('a changed flow of which one sink moves and another stays is refused', async () => {
  const late = memorySink<LateRow>('late')
  const log = await begun(flows('10s', { windows: memorySink('windows'), late }))
  await expect(versionFlows({ flows: flows('5s', { windows: memorySink('elsewhere'), late }), source, log, changes: anew })).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: expect.stringContaining('memory:late holds what the version before wrote'),
  })
})

test('a flow that is called like the next version of another is refused', async () => {
  const windows = memorySink('windows')
  const log = await begun(flows('10s', { windows }))
  const { flows: made } = await versionFlows({ flows: flows('5s', { windows }, 'windows.v2'), source, log, changes: anew })
  expect(() => targets(made)).toThrow(/"windows" is at version 2, which is called "windows.v2": rename the other flow/)
})
