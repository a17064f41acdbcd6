import { expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import { countDistinct } from '../aggregate/count-distinct.ts'
import type { Source } from '../connectors/source.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { type MemorySink, memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { assignTeam } from '../tickets/assign-team.ts'
import { highPriority } from '../tickets/high-priority.ts'
import { Ticket } from '../tickets/ticket.ts'
import { tumbling } from '../window/tumbling.ts'
import { pipeline } from './pipeline.ts'

const ticket = (i: number, second: number, over: object = {}) => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 7)}`,
  created_at: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString(),
  request: 'no heating',
  request_type: (['billing', 'technical', 'account', 'general'] as const)[i % 4],
  priority: (['low', 'medium', 'high', 'critical'] as const)[i % 4],
  ...over,
})

function setup(
  partitions: ReturnType<typeof messagesOf>[],
  log = memoryLog(),
  sinks = {
    all: memorySink('all'),
    high: memorySink('high'),
    windows: memorySink<{ tickets: number; request_type: string; revision: number }>('windows'),
    dead: memorySink('dead'),
    late: memorySink('late'),
  },
) {
  const run = (options: object = {}, source: object = {}) =>
    pipeline({
      name: 'test',
      source: memorySource({ schema: Ticket, partitions, chunk: 7, ...source }),
      log,
      deadLetters: sinks.dead as never,
      late: sinks.late as never,
      flows: (tickets) => ({
        all: tickets.pipe(assignTeam(), into(sinks.all)),
        high: tickets.pipe(highPriority(), into(sinks.high)),
        windows: tickets.pipe(
          windowed(tumbling({ size: '1 minute' }), { by: 'request_type', aggregate: { tickets: count(), clients: countDistinct('client_id') } }),
          into(sinks.windows),
        ),
      }),
      ...options,
    }).run({ handleSignals: false })
  return { run, log, sinks }
}

const total = (sink: Pick<MemorySink<{ tickets: number }>, 'rows'>) => sink.rows.reduce((sum, row) => sum + row.tickets, 0)

test('tickets of three partitions come out once each, and windows add up', async () => {
  const { run, sinks } = setup([0, 1, 2].map((p) => messagesOf(Array.from({ length: 200 }, (_, i) => ticket(p * 200 + i, i)))))
  const summary = await run({ range: { rows: 50 } })
  expect(summary).toMatchObject({ how: 'done', rows: 600, rejected: 0, late: {}, expired: 0, written: { all: 600, high: 300 } })
  expect(new Set(sinks.all.rows.map((row) => (row as { ticket_id: string }).ticket_id)).size).toBe(600)
  expect(sinks.all.rows).toHaveLength(600)
  expect(total(sinks.windows)).toBe(600)
  expect(sinks.windows.rows).toHaveLength(16)
  expect(sinks.all.staged).toEqual([])
})

test('a second run with nothing new changes nothing', async () => {
  const { run, sinks, log } = setup([messagesOf([ticket(1, 1), ticket(2, 2)])])
  await run({}, { until: 'now' })
  const before = [JSON.stringify([...log.records].map(([k, v]) => [k, [...v]])), [...sinks.all.files.keys()]]
  expect(await run({}, { until: 'now' })).toMatchObject({ how: 'done', rows: 0 })
  expect([JSON.stringify([...log.records].map(([k, v]) => [k, [...v]])), [...sinks.all.files.keys()]]).toEqual(before)
})

test('a bounded run shows all windows, and a later one gives revisions', async () => {
  const messages = messagesOf([ticket(0, 1), ticket(4, 2)])
  const { run, sinks } = setup([messages])
  await run({}, { until: 'now' })
  expect(sinks.windows.rows).toMatchObject([{ request_type: 'billing', tickets: 2, revision: 0 }])
  messages.push(...messagesOf([ticket(8, 3)]).map((m) => ({ ...m, offset: 2 })))
  await run({}, { until: 'now' })
  expect(sinks.windows.rows).toMatchObject([
    { tickets: 2, revision: 0 },
    { tickets: 3, revision: 1 },
  ])
})

test('rejected messages are dead letters, and stop a pipeline that has no place for them', async () => {
  const { run, sinks } = setup([messagesOf([ticket(0, 1), '{"no":1}', ticket(1, 2)])])
  expect(await run()).toMatchObject({ rows: 3, rejected: 1 })
  expect(sinks.dead.rows).toMatchObject([{ position: 1, partition: 'memory-0', value: '{"no":1}' }])
  const other = setup([messagesOf([ticket(0, 1), '{"no":1}'])])
  await expect(other.run({ deadLetters: undefined })).rejects.toMatchObject({ code: 'REJECTED_MESSAGE' })
  expect(other.sinks.all.rows).toEqual([])
})

test('late rows are an output', async () => {
  const { run, sinks } = setup([messagesOf([ticket(0, 1), ticket(1, 200), ticket(2, 5)])])
  expect(await run()).toMatchObject({ late: { 'windows/windowed': 1 } })
  expect(sinks.late.rows).toMatchObject([
    { flow: 'windows', partition: 'memory-0', position: 2, windows: '[["2026-01-01T00:00:00.000Z","2026-01-01T00:01:00.000Z"]]' },
  ])
  expect(total(sinks.windows)).toBe(2)
})

test('takes sources whose positions are JSON, interfaces too, since records hold them', () => {
  const source = memorySource({ schema: Ticket, partitions: [] })
  const sourceAt = <P>(): Source<Ticket, P> => ({
    name: 'places',
    schema: Ticket,
    until: 'now',
    partitions: source.partitions,
    describe: async () => ({ topics: [], partitions: [] }),
    open: () => Promise.reject(new Error('not opened')),
  })
  interface Place {
    readonly file: string
    readonly at: readonly { readonly byte: number; readonly line?: number }[]
  }
  interface Cursor {
    readonly next: () => number
  }
  const flows = () => ({})
  pipeline({ name: 'numbers', source, log: memoryLog(), flows })
  pipeline({ name: 'places', source: sourceAt<Place>(), log: memoryLog(), flows })
  pipeline({ name: 'lists', source: sourceAt<readonly [Place, string | null]>(), log: memoryLog(), flows })
  // @ts-expect-error a function is not JSON
  pipeline({ name: 'cursors', source: sourceAt<Cursor>(), log: memoryLog(), flows })
  // @ts-expect-error a Date comes back from JSON as text
  pipeline({ name: 'dates', source: sourceAt<Date>(), log: memoryLog(), flows })
  // @ts-expect-error inside of an object, too
  pipeline({ name: 'times', source: sourceAt<{ at: Date }>(), log: memoryLog(), flows })
})
