/**
 * The decoder against JSON.parse and zod, interleaved in one process: `node bench/steps/decode.ts [--tickets 200000] [--repeats 9] [--json]`.
 * Ratios count; the absolute figures are of this machine.
 */
import { safeParse } from 'zod/v4/core'
import { type Message, Ticket, ticketStream } from '../../packages/core/src/index.ts'
import { decodeMessages, decodeSlices } from '../../packages/core/src/schema/decode.ts'
import { type RowPlan, rowPlan } from '../../packages/core/src/schema/fast-decoder/rules.ts'
import { kernelDecoder } from '../../packages/core/src/schema/kernel/kernel-decoder.ts'
import type { PieceDecoder } from '../../packages/core/src/schema/kernel/piece.ts'
import { twinDecoder } from '../../packages/core/src/schema/kernel/twin-decoder.ts'
import { packArrays } from '../../packages/core/src/store/pack-arrays.ts'
import { printSteps, stepOptions, timeSteps } from './steps.ts'

const options = stepOptions()
const { tickets } = options
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
const all = (step: (chunk: Chunk) => number) => () => {
  const rows = chunks.reduce((sum, chunk) => sum + step(chunk), 0)
  if (rows !== tickets) throw new Error(`${rows} rows of ${tickets}`)
  return rows
}
const plan = rowPlan(Ticket) as RowPlan
const time = Ticket.fields.findIndex(({ name }) => name === Ticket.time)
/** As the thread decodes: columns in one buffer. */
const onThread = (decode: PieceDecoder | null) =>
  all(({ slices: { bytes, starts, ends } }) => {
    const piece = { bytes, starts, ends, timestamps: null, maxFuture: Number.POSITIVE_INFINITY, latest: Number.POSITIVE_INFINITY }
    const decoded = decode?.(piece)
    return decoded ? packArrays(decoded).value.rows : 0
  })
const steps = {
  'as on the thread, kernel': onThread(kernelDecoder(plan, time)),
  'as on the thread, its twin': onThread(twinDecoder(plan, time)),
  'fast, slices of a buffer': all(({ slices }) => decodeSlices(Ticket, slices).batch.length),
  'fast, messages': all(({ messages }) => decodeMessages(Ticket, messages).batch.length),
  'JSON.parse alone': all(({ messages }) => messages.filter(({ value }) => JSON.parse(utf8.decode(value as Uint8Array)) !== null).length),
  'JSON.parse + zod, no columns': all(
    ({ messages }) => messages.filter(({ value }) => safeParse(Ticket.zod, JSON.parse(utf8.decode(value as Uint8Array))).success).length,
  ),
  'JSON.parse + zod into columns': all(({ messages }) => decodeMessages(Ticket, messages, {}, false).batch.length),
}

const costs = await timeSteps(steps, options)
const truth = costs.at(-1)?.µs ?? Number.NaN
const compared = costs.map((cost) => ({ ...cost, 'times as fast': Number((truth / cost.µs).toFixed(2)) }))
printSteps('a ticket', options, compared, { bytes: Math.round(size) })
