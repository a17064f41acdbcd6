import { expect, test } from 'vitest'
import { harmlessLogger } from '../../base/log/harmless.ts'
import { Batch } from '../../batch/batch.ts'
import { tableOf } from '../../connectors/joined/keyed-table.ts'
import { Graph } from '../../dataflow/graph.ts'
import { into } from '../../operators/into.ts'
import { joinTable } from '../../operators/join-table.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { memorySource } from '../../testing/memory-source.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { Intake } from './intake.ts'

const ticket = (second: number): Ticket => ({
  ...{ ticket_id: '1', client_id: 'a', request: '', request_type: 'billing', priority: 'low' },
  created_at: new Date(second * 1000),
})
const make = () => {
  const table = tableOf(memorySource({ schema: Ticket, topic: 'table', partitions: [] }), { key: 'client_id' })
  const given: number[] = []
  const graph = new Graph<Ticket>(
    'task',
    Ticket,
    (tickets) => ({ all: tickets.pipe(joinTable(table, { on: 'client_id', columns: ['priority'] }), into(memorySink('all') as never)) }),
    { onOutput: (_flow, batch) => void given.push(batch.length) },
  )
  const context = { time: { maxOutOfOrderness: 0 }, inputsOf: () => new Map([['table-0', 'table']]) }
  return { given, intake: new Intake<Ticket>(context, 'p-0', graph, { lend: (_back, push) => push() }) }
}
const chunk = (seconds: number[], input = false) => {
  const rows = Batch.of(Ticket, seconds.map(ticket))
  const common = { rejected: [], position: null, lag: 0 }
  if (!input) return { ...common, batch: rows }
  return { ...common, batch: Batch.of(Ticket, []), part: { input: 'table', partition: 'table-0', state: 'running', rows } as const }
}
const logger = harmlessLogger(undefined)

test('joins hold the watermark back, and the record has those of all partitions', () => {
  const { intake, given } = make()
  intake.push(chunk([10, 20]), logger)
  intake.advance()
  expect([intake.watermark, intake.own, intake.newest, given]).toEqual([Number.NEGATIVE_INFINITY, 20_000, 20_000, []])
  intake.push(chunk([15], true), logger)
  intake.advance()
  expect([intake.watermark, given, intake.noted]).toEqual([15_000, [1], { watermark: 15_000, clocks: { 'p-0': 20_000, 'table-0': 15_000 } }])
})

test('at the end of a bounded run other sources follow, and at the end of a complete one nothing is waited for', () => {
  const { intake, given } = make()
  intake.push(chunk([10, 20]), logger)
  intake.rest()
  expect(given).toEqual([1])
  intake.end()
  expect([given, intake.noted.watermark]).toEqual([[1, 1], 20_000])
})

test('continues from a record, an older one too, which has one watermark', () => {
  const [now, older] = [make().intake, make().intake]
  now.restore({ watermark: 5, clocks: { 'p-0': 9, 'table-0': 5 } })
  older.restore({ watermark: 7 })
  expect([now.own, now.watermark, older.own, older.watermark]).toEqual([9, 5, 7, Number.NEGATIVE_INFINITY])
})
