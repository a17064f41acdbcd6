import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { count } from '../../packages/core/src/aggregate/count.ts'
import type { CommitLog } from '../../packages/core/src/connectors/commit-log.ts'
import type { Source } from '../../packages/core/src/connectors/source.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { windowed } from '../../packages/core/src/operators/windowed.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { MERGE } from '../../packages/core/src/records/merge-record.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource, messagesOf } from '../../packages/core/src/testing/memory-source.ts'
import { Ticket } from '../../packages/core/src/tickets/ticket.ts'
import { tumbling } from '../../packages/core/src/window/tumbling.ts'

const ticket = (second: number): Ticket => ({
  ticket_id: `00000000-0000-4000-8000-${String(second).padStart(12, '0')}`,
  client_id: 'CLIENT_1000',
  created_at: new Date(second * 1000),
  request: 'help',
  request_type: 'billing',
  priority: 'low',
})
const partitions = [0, 1, 2].map((p) => messagesOf(Array.from({ length: 100 }, (_, i) => ticket(i * 3 + p))))

test('4.7 of several processes the one with the lowest partition merges, and the others wait until all is shown', async () => {
  const log = memoryLog()
  const sink = memorySink<{ tickets: number; revision: number }>('windows')
  /** A process that the group gives these partitions. */
  const process = (...mine: number[]) => {
    const all = memorySource({ schema: Ticket, partitions, until: 'now', chunk: 10 })
    const source: Source<Ticket> = {
      ...all,
      async partitions(on) {
        on.assigned(mine.map((p) => `memory-${p}`))
        return { close: async () => {} }
      },
    }
    const appended: string[] = []
    const seen: CommitLog = {
      ...log,
      append: (task, record) => {
        appended.push(task)
        return log.append(task, record)
      },
    }
    const run = pipeline({
      name: 'holder',
      source,
      log: seen,
      range: { rows: 20 },
      flows: (tickets) => ({
        windows: tickets.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { tickets: count() } }), into(sink as never)),
      }),
    }).run({ handleSignals: false })
    return { run, appended }
  }
  const other = process(1, 2)
  // The others have read all they have, however long this machine takes for it.
  while ((await log.latest('memory-2')) < 1 || (await log.latest('memory-1')) < 1) await sleep(10)
  expect(await log.latest(MERGE)).toBe(-1)
  const first = process(0)
  await Promise.all([first.run, other.run])
  expect(other.appended).not.toContain(MERGE)
  expect(new Set(first.appended.filter((task) => task !== 'runs'))).toEqual(new Set(['memory-0', MERGE]))
  expect(sink.rows.map(({ tickets, revision }) => [tickets, revision])).toEqual(Array.from({ length: 5 }, () => [60, 0]))
})
