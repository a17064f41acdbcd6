/**
 * What a ticket costs to write as Parquet: our own writer and parquet-wasm in turns, on one thread, packing included.
 * `node bench/parquet.ts [--rows 200000] [--rounds 7]`, on the built core and the sources of sinks.
 */
import { parseArgs } from 'node:util'
import { Batch, Ticket, ticketStream } from '@tickets/core'
import { parquetEncoder } from '../packages/sinks/src/encoders/parquet.ts'
import { printTable } from './shared/print.ts'
import { median } from './shared/statistics.ts'

const { values } = parseArgs({ options: { rows: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '7' } } })
const [rows, rounds] = [Number(values.rows), Number(values.rounds)] as const
if (![rows, rounds].every((n) => Number.isSafeInteger(n) && n > 0)) throw new Error('--rows and --rounds are whole numbers from 1')

const PER_BATCH = 8192
const tickets = [...ticketStream({ seed: 1, tickets: rows })]
const batches = Array.from({ length: Math.ceil(rows / PER_BATCH) }, (_, i) => Batch.of(Ticket, tickets.slice(i * PER_BATCH, (i + 1) * PER_BATCH)))
const options = { compression: 'snappy', rowGroupRows: 1_048_576, encodings: 'compact', encodeWorkers: 0 } as const
const writers = { 'own writer': parquetEncoder(options), 'parquet-wasm': parquetEncoder({ ...options, engine: 'ipc' }) }
const footer = new Map([['tickets', '{}']])

const cpu = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}
const measured = Object.keys(writers).map((writer) => ({ writer, micros: [] as number[], bytes: 0 }))
for (let round = 0; round <= rounds; round++) {
  for (const [i, writer] of Object.values(writers).entries()) {
    const own = measured[i]
    if (!own) continue
    const before = cpu()
    own.bytes = ((await writer.encode(Ticket, batches, footer)) as Uint8Array).length
    // The first round warms up.
    if (round > 0) own.micros.push((cpu() - before) / rows)
  }
}
printTable(measured.map(({ writer, micros, bytes }) => ({ writer, 'CPU µs a row': median(micros), 'bytes a row': bytes / rows })))
const [ours, reference] = measured.map(({ micros }) => micros)
console.log(`ratio of each round: ${ours?.map((own, i) => ((reference?.[i] ?? Number.NaN) / own).toFixed(2)).join(', ')}`)
