import { Batch, Ticket } from '@tickets/core'
import { topicsSource } from '../src/source/source.ts'
import { limit, rawKafka, unique } from './helpers.ts'

/** A committed message as it stands in a topic. */
export interface Message {
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

const nothing = Batch.of(Ticket, [])

/** Reads the headers between two places: a count, then names and values with their lengths, all as zigzag numbers. */
function headersIn(bytes: Buffer, from: number, to: number): Record<string, string> {
  let at = from
  const number = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value % 2 ? -(value + 1) / 2 : value / 2
    }
  }
  const text = () => {
    const length = Math.max(0, number())
    at += length
    return bytes.toString('utf8', at - length, at)
  }
  const headers: Record<string, string> = {}
  for (let left = number(); left > 0 && at < to; left--) headers[text()] = text()
  return headers
}

/** Reads all messages that are committed now, in the order of their partitions and offsets, with the source of this package. */
export async function readMessages(brokers: readonly string[], topic: string): Promise<Message[]> {
  const found: Message[] = []
  const source = topicsSource(
    { schema: Ticket, brokers, topic, groupId: unique('messages'), until: 'now' },
    (id) =>
      ({ bytes, length, ...slices }) => {
        const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        for (let i = 0; i < length; i++) {
          const [start = 0, end = 0, to = 0, offset = -1] = [slices.starts[i], slices.ends[i], slices.limits[i], slices.offsets[i]]
          const key = slices.keyOf?.(i)
          found.push({
            partition: Number(id.slice(id.lastIndexOf('-') + 1)),
            offset,
            key: key ? Buffer.from(key) : null,
            value: end < start ? null : Buffer.from(all.subarray(start, end)),
            headers: headersIn(all, Math.max(start, end), to),
          })
        }
        return { batch: nothing, rejected: [] }
      },
  )
  const { partitions } = await source.describe()
  let told = () => {}
  const assigned = new Promise<void>((done) => {
    told = done
  })
  const session = await source.partitions({
    assigned: told,
    revoked: async () => {},
    failed: (error) => {
      throw error
    },
  })
  try {
    await assigned
    for (const { id, earliest, end } of partitions) {
      const reader = await source.open(id, earliest, { to: end, maxFuture: Number.MAX_SAFE_INTEGER })
      while ((await reader.read(limit())) !== 'end');
      await reader.close()
    }
  } finally {
    await session.close()
  }
  return found.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** Whether no transaction is open in a topic, so that all there is can be read. */
export async function isDecided(brokers: readonly string[], topic: string): Promise<boolean> {
  const source = topicsSource({ schema: Ticket, brokers, topic, groupId: unique('decided'), until: 'now' }, () => () => ({
    batch: nothing,
    rejected: [],
  }))
  const admin = rawKafka(brokers).admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const { partitions } = await source.describe()
  return ends.every(({ partition, high }) => partitions.some(({ id, end }) => id === `${topic}-${partition}` && end === Number(high)))
}
