/**
 * The decoder against JSON.parse and zod, interleaved in one process: `node bench/steps/decode.ts [--tickets 200000] [--repeats 9] [--json]`.
 * Ratios count; the absolute figures are of this machine.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { safeParse } from 'zod/v4/core'
import { type Message, Ticket, ticketStream } from '../../packages/core/src/index.ts'
import { decodeMessages, decodeSlices } from '../../packages/core/src/schema/decode.ts'

const { values } = parseArgs({
  options: { tickets: { type: 'string', default: '200000' }, repeats: { type: 'string', default: '9' }, json: { type: 'boolean', default: false } },
})
const tickets = Number(values.tickets)
const repeats = Number(values.repeats)
/** As the pipeline reads: about a megabyte at a time. */
const CHUNK = 5000

interface Chunk {
  readonly messages: Message[]
  readonly slices: Parameters<typeof decodeSlices>[1]
}

function chunkOf(lines: readonly string[], first: number): Chunk {
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  const starts = new Int32Array(lines.length)
  const ends = new Int32Array(lines.length)
  const offsets = Float64Array.from(lines, (_, i) => first + i)
  let at = 0
  for (let i = 0; i < lines.length; i++) {
    starts[i] = at
    ends[i] = bytes.indexOf(10, at)
    at = (ends[i] as number) + 1
  }
  const messages = lines.map((_, i) => ({ value: bytes.subarray(starts[i], ends[i]), offset: first + i }))
  return { messages, slices: { bytes, starts, ends, offsets } }
}

const lines = [...ticketStream({ seed: 1, tickets })].map((ticket) => JSON.stringify(ticket))
const chunks: Chunk[] = []
for (let i = 0; i < lines.length; i += CHUNK) chunks.push(chunkOf(lines.slice(i, i + CHUNK), i))
const size = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / tickets

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const steps: Record<string, (chunk: Chunk) => number> = {
  'fast, slices of a buffer': ({ slices }) => decodeSlices(Ticket, slices).batch.length,
  'fast, messages': ({ messages }) => decodeMessages(Ticket, messages).batch.length,
  'JSON.parse alone': ({ messages }) => messages.filter(({ value }) => JSON.parse(utf8.decode(value as Uint8Array)) !== null).length,
  'JSON.parse + zod, no columns': ({ messages }) =>
    messages.filter(({ value }) => safeParse(Ticket.zod, JSON.parse(utf8.decode(value as Uint8Array))).success).length,
  'JSON.parse + zod into columns': ({ messages }) => decodeMessages(Ticket, messages, {}, false).batch.length,
}

const times: Record<string, number[]> = Object.fromEntries(Object.keys(steps).map((name) => [name, []]))
for (let repeat = 0; repeat <= repeats; repeat++) {
  // Each step comes after each other one, so that none pays always for another's garbage.
  const order = Object.entries(steps)
  for (const [name, step] of [...order.slice(repeat % order.length), ...order.slice(0, repeat % order.length)]) {
    const start = performance.now()
    let rows = 0
    for (const chunk of chunks) rows += step(chunk)
    if (rows !== tickets) throw new Error(`${name} gave ${rows} rows of ${tickets}`)
    // The first round warms up.
    if (repeat > 0) times[name]?.push(((performance.now() - start) * 1000) / tickets)
  }
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number
const truth = median(times['JSON.parse + zod into columns'] as number[])
const results = Object.entries(times).map(([step, all]) => ({
  step,
  'µs a ticket': Number(median(all).toFixed(3)),
  least: Number(Math.min(...all).toFixed(3)),
  most: Number(Math.max(...all).toFixed(3)),
  'times as fast': Number((truth / median(all)).toFixed(2)),
}))
const about = {
  tickets,
  bytes: Math.round(size),
  repeats,
  node: process.version,
  v8: process.versions.v8,
  cpu: cpus()[0]?.model,
  cpus: cpus().length,
}
if (values.json) console.log(JSON.stringify({ ...about, results }))
else {
  console.log(about)
  console.table(results)
}
