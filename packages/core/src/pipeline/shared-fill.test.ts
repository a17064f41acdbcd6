import { share } from 'rxjs'
import { expect, test } from 'vitest'
import { type Event, messages, type WindowOfEvents } from '../../test/lake.ts'
import { latestOf } from '../../test/revisions.ts'
import { count } from '../aggregate/count.ts'
import { sum } from '../aggregate/sum.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { tumbling } from '../window/tumbling.ts'
import type { FlowChanges } from './changes/flow-changes.ts'
import { pipeline } from './pipeline.ts'
import { seconds, topic } from './topic.fixture.ts'

const quiet = { handleSignals: false } as const
const names = ['old', 'first', 'second'] as const

/** A pipeline whose flows take the windows that were counted once. */
function world() {
  const [log, rows] = [memoryLog(), [messages(seconds(0, 40), 0)]]
  const sinks = { old: memorySink<Event>('old'), first: memorySink<WindowOfEvents>('first'), second: memorySink<WindowOfEvents>('second') }
  const program = (flows: readonly (typeof names)[number][], changes: FlowChanges = {}, start = 8) =>
    pipeline({
      ...{ name: 'shared', source: topic(rows, { start: [start] }), log, clock: quickClock, range: { rows: 3 }, changes },
      flows: (events) => {
        const windows = events.pipe(windowed(tumbling({ size: '10s' }), { by: 'kind', aggregate: { rows: count(), people: sum('who') } }), share())
        const all = { old: events.pipe(into(sinks.old)), first: windows.pipe(into(sinks.first)), second: windows.pipe(into(sinks.second)) }
        return Object.fromEntries(flows.map((flow) => [flow, all[flow]]))
      },
    })
  return { sinks, program }
}

const shared = {
  code: 'OPTION_INVALID',
  message: expect.stringContaining(
    'the flow "second" cannot be filled by a backfill: it shares its operator "windowed" with a flow that is not filled',
  ),
}

test('a flow that takes the windows of another does not join with a backfill, which would count them under its own name and lose them', async () => {
  const { program, sinks } = world()
  await program(['old', 'first']).run(quiet)
  await expect(program(names, { added: 'backfill' }).run(quiet)).rejects.toMatchObject(shared)
  expect(sinks.second.rows).toEqual([])
  expect(await program(names, { added: 'current' }).run(quiet)).toMatchObject({ how: 'done' })
  await expect(program(names).backfill({ name: 'late', from: 'earliest', flows: ['second'], ...quiet })).rejects.toMatchObject(shared)
})

test('two that share them join together, and have all windows', async () => {
  const { program, sinks } = world()
  await program(['old']).run(quiet)
  await program(names, { added: 'backfill' }).run(quiet)
  const whole = world()
  await whole.program(names, {}, 0).run(quiet)
  expect(latestOf(whole.sinks.first.rows).length).toBeGreaterThan(20)
  expect(latestOf(sinks.first.rows)).toEqual(latestOf(whole.sinks.first.rows))
  expect(latestOf(sinks.second.rows)).toEqual(latestOf(whole.sinks.first.rows))
})
