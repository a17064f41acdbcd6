import { Subject } from 'rxjs'
import { expect, test } from 'vitest'
import { Event } from '../../../test/lake.ts'
import type { Json } from '../../base/json.ts'
import type { Source } from '../../connectors/source.ts'
import type { TaskContext } from '../../tasks/context.ts'
import { memorySource } from '../../testing/memory-source.ts'
import { quickClock } from '../../testing/quick-clock.ts'
import type { ChangedRecord } from '../changes/change-record.ts'
import { backfillContext } from './backfill-context.ts'
import { BackfillSource } from './backfill-source.ts'

test('the tasks of a backfill write its flows alone, each up to the end of its part', async () => {
  const specs = ['a', '@late:a/w', 'b', '@late:b/w', '@late', '@dead_letters'].map((flow) => ({ flow }))
  const flows = () => Object.fromEntries(['a', 'b'].map((flow) => [flow, new Subject()]))
  const whole = { writers: { task: specs, merge: [], all: specs }, flows, requirements: new Map([['b/w', {}]]), partitions: ['t-0'] }
  const source = new BackfillSource(memorySource({ schema: Event, partitions: [[]], topic: 't' }) as Source<Event, Json>, 'x')
  await source.describe()
  const parts = [{ task: 't.backfill.x-0', partition: 't-0', from: 3, to: 8 }]
  const record = { partitions: [{ id: 't-0', start: 6 }], unnoted: ['a', 'b'] } as unknown as ChangedRecord
  const limits = { time: {} as TaskContext<Event>['time'], clock: quickClock, drainTimeout: 1 }
  const make = (of?: readonly string[]) =>
    backfillContext(whole as unknown as TaskContext<Event>, record, limits, {
      source,
      backfill: { name: 'x', parts, ...(of ? { flows: of } : {}) },
      open: parts,
      earlier: [],
    })
  const some = make(['a'])
  expect(some.writers.task.map(({ flow }) => flow)).toEqual(['a', '@late:a/w', '@late', '@dead_letters'])
  expect(Object.keys(some.flows(new Subject()))).toEqual(['a'])
  expect([some.requirements.size, make(['b']).requirements.size]).toEqual([0, 1])
  expect([some.partitions, await some.startOf('t.backfill.x-0'), some.endOf('t.backfill.x-0')]).toEqual([['t.backfill.x-0'], 3, 8])
  expect([5, 6].map((offset) => some.tells('t.backfill.x-0', offset))).toEqual([true, false])
  // A backfill from before flows were noted is of all that there were.
  expect(make().writers.task).toHaveLength(specs.length)
})
