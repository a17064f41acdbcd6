/**
 * Values of Kafka messages by their format, decoded into columns in turns in one process:
 * `node bench/steps/formats.ts [--tickets 200000] [--repeats 9] [--json]`. Ratios count; the absolute figures are of this machine.
 */
import { type Schema, Ticket, ticketStream } from '../../packages/core/src/index.ts'
import { decodeValues, messageText } from '../../packages/core/src/internal.ts'
import type { MessageFormat } from '../../packages/kafka-source/src/index.ts'
import { avro, jsonSchema, protobuf, type RegistryOptions } from '../../packages/kafka-source/src/registry.ts'
import { printSteps, stepOptions, timeSteps } from './steps.ts'

const options = stepOptions()
const { tickets } = options
/** As the pipeline reads: about a megabyte at a time. */
const CHUNK = 5000

/** A registry in memory: what it costs to ask one is not measured. */
function memoryRegistry(): NonNullable<RegistryOptions['fetch']> {
  const schemas: object[] = []
  return async (url, { body }) => {
    if (body) return Response.json({ id: schemas.push(JSON.parse(String(body))) })
    const id = /ids\/(\d+)$/.exec(url)?.[1]
    return id === undefined ? Response.json({ error_code: 40_401 }, { status: 404 }) : Response.json(schemas[Number(id) - 1])
  }
}

interface Chunk {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly limits: Int32Array
  readonly offsets: Float64Array
  readonly length: number
}

function chunkOf(values: readonly Uint8Array[], first: number): Chunk {
  const bytes = Uint8Array.from(Buffer.concat(values))
  const [starts, ends] = [new Int32Array(values.length), new Int32Array(values.length)]
  let at = 0
  values.forEach((value, i) => {
    starts[i] = at
    at += value.length
    ends[i] = at
  })
  return { bytes, starts, ends, limits: ends, offsets: Float64Array.from(values, (_, i) => first + i), length: values.length }
}

function chunksOf(values: readonly Uint8Array[]): Chunk[] {
  const chunks: Chunk[] = []
  for (let i = 0; i < values.length; i += CHUNK) chunks.push(chunkOf(values.slice(i, i + CHUNK), i))
  return chunks
}

const rows = [...ticketStream({ seed: 1, tickets })]
const schema: Schema<Ticket> = Ticket
const sizes: Record<string, number> = {}
const sizeOf = (values: readonly Uint8Array[]) => Math.round(values.reduce((sum, { length }) => sum + length, 0) / tickets)

async function stepOf(name: string, format: MessageFormat): Promise<() => Promise<number>> {
  const write = await format.writer({ schema, topic: 't', retryFor: 0 })
  const values = rows.map(write)
  sizes[name] = sizeOf(values)
  const chunks = chunksOf(values)
  const reader = format.reader({ schema, topics: ['t'], retryFor: 0 })
  const { signal } = new AbortController()
  return async () => {
    let count = 0
    for (const chunk of chunks) {
      await reader.prepare(chunk, signal)
      count += (await reader.decode(chunk, {}, null)).batch.length
    }
    if (count !== tickets) throw new Error(`${count} rows of ${tickets}`)
    return count
  }
}

const text = messageText(schema)
const json = rows.map((row) => Buffer.from(text(row)))
sizes.JSON = sizeOf(json)
const plain = chunksOf(json)
const registry = () => ({ registry: 'http://localhost', fetch: memoryRegistry() })
const steps = {
  JSON: () => plain.reduce((sum, chunk) => sum + schema.decodeSlices(chunk).batch.length, 0),
  'JSON with a schema': await stepOf('JSON with a schema', jsonSchema(registry())),
  Avro: await stepOf('Avro', avro(registry())),
  Protobuf: await stepOf('Protobuf', protobuf(registry())),
  'objects and zod': () => {
    for (const chunk of plain) {
      const parsed = Array.from({ length: chunk.length }, (_, i) => {
        const raw = chunk.bytes.subarray(chunk.starts[i], chunk.ends[i])
        return { value: JSON.parse(Buffer.from(raw).toString()), raw, offset: i }
      })
      decodeValues(schema, parsed)
    }
    return tickets
  },
}

const costs = await timeSteps(steps, options)
const json0 = costs[0]?.µs ?? Number.NaN
const compared = costs.map((cost) => ({ ...cost, 'times JSON': Number((cost.µs / json0).toFixed(2)), bytes: sizes[cost.step] ?? 0 }))
printSteps('a ticket', options, compared)
