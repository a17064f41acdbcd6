/** What a row costs on its way into a Parquet file: `node bench/steps/parquet.ts [--tickets 200000] [--repeats 5] [--json]`, on the built packages. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Batch, Ticket, ticketStream } from '@tickets/core'
import { ipcStream } from '@tickets/core/arrow'
import { parquetSink } from '@tickets/sinks'
import { Compression, Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm'
import { columnsOf, writeRows } from '../peers/naive-parquet.ts'
import { printSteps, stepOptions, timeSteps } from './steps.ts'

const options = stepOptions({ repeats: 5 })
const { tickets } = options
const CHUNK = 5000

const rows = [...ticketStream({ seed: 1, tickets })]
const batches: Batch<Ticket>[] = []
for (let i = 0; i < rows.length; i += CHUNK) batches.push(Batch.of(Ticket, rows.slice(i, i + CHUNK)))
const ipc = ipcStream(Ticket, batches)
const snappy = () => new WriterPropertiesBuilder().setCompression(Compression.SNAPPY).build()

const home = await mkdtemp(join(tmpdir(), 'tickets-steps-'))
let places = 0

/** One range through the sink, as a task does it: written, staged and on disk, published. */
async function throughSink(): Promise<number> {
  const sink = parquetSink<Ticket>(join(home, String(++places)))
  const log = { id: 'aaaa0000' }
  const prepared = (await sink.prepare?.(log)) ?? { takesOver: false, remove: [] }
  await sink.begin?.({ ...log, ...prepared })
  const writer = await sink.open({ logId: log.id, task: 'tickets-0', flow: 'tickets' }, Ticket)
  for (const batch of batches) await writer.write(batch)
  const staged = await writer.stage(0, 'a', { from: 0, to: tickets, empty: false })
  if (staged) await writer.publish(staged)
  await writer.close()
  return tickets
}

try {
  const costs = await timeSteps(
    {
      'batches to Arrow IPC': () => (ipcStream(Ticket, batches).length > 0 ? tickets : 0),
      'Arrow IPC to Parquet, parquet-wasm with its defaults': () => (writeParquet(Table.fromIPCStream(ipc), snappy()).length > 0 ? tickets : 0),
      'batches through parquetSink, synced and published': throughSink,
      'rows to columns, vectorFromArray': () => (columnsOf(rows).numRows > 0 ? tickets : 0),
      'rows to a file, the naive way, not synced': () => {
        writeRows(join(home, 'naive'), ++places, rows)
        return tickets
      },
    },
    options,
  )
  printSteps('a row', options, costs)
} finally {
  await rm(home, { recursive: true, force: true })
}
