import { into, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import { csvSink, jsonSink, parquetSink } from '@tickets/sinks'
import { folder } from './helpers.ts'

/** A ticket whose priority the schema does not know. Its number is in its text. */
export const unknownTicket = (i: number) => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: 'CLIENT_1000',
  created_at: new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString(),
  request: `request ${i}`,
  request_type: 'billing',
  priority: i % 3 === 0 ? 'high' : 'urgent',
})

/** Tickets of two partitions, two of three of which are rejected, and one message that is no text. */
export const partitions = () => [
  [...messagesOf([0, 1, 2, 3, 4, 5, 6, 7, 8].map(unknownTicket), (_, i) => ({ key: `k${i}`, timestamp: Date.UTC(2026, 0, 1) + i }))],
  [...messagesOf([10, 11].map(unknownTicket)), { offset: 5, value: Uint8Array.of(0xff, 0xfe), key: null }],
]

const sinks = { jsonl: jsonSink, parquet: parquetSink, csv: csvSink } as const

/** Writes the dead letters of a run to a new dataset, in ranges of a few rows, and returns its folder. */
export async function deadDataset(format: keyof typeof sinks = 'jsonl', messages = partitions()): Promise<string> {
  const dir = await folder()
  await pipeline({
    name: 'lake',
    source: memorySource({ schema: Ticket, partitions: messages, chunk: 2 }),
    log: commitLog(`${dir}-log`),
    range: { rows: 3 },
    deadLetters: sinks[format](dir),
    flows: (tickets) => ({ all: tickets.pipe(into(memorySink('all'))) }),
  }).run({ handleSignals: false })
  return dir
}
