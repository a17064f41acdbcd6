import { systemClock } from '../base/clock.ts'
import { TicketsError } from '../base/errors.ts'
import type { Schema } from '../batch/batch.ts'
import type { Message } from '../batch/message.ts'
import type { Source } from '../connectors/source.ts'

/** Settings of `memorySource`. */
export interface MemorySourceOptions<T> {
  schema: Schema<T>
  /** One array of messages for each partition; offsets must rise, and may leave gaps. They may be pushed to while it runs. */
  partitions: readonly (readonly Message[])[]
  topic?: string
  until?: Source<T>['until']
  /** Rows a read returns at the most. */
  chunk?: number
}

/** What lies around the value of a message in memory; text stands for its UTF-8 bytes. */
export interface MessageAround {
  readonly key?: string | Uint8Array | null
  readonly headers?: Readonly<Record<string, string | Uint8Array>>
  /** A `Date`, or epoch milliseconds. */
  readonly timestamp?: Date | number
}

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? new TextEncoder().encode(value) : value)

function aroundOf({ key, headers, timestamp }: MessageAround): Partial<Message> {
  const bytes = Object.entries(headers ?? {}).map(([name, value]) => [name, bytesOf(value)] as const)
  return {
    ...(key === undefined ? {} : { key: key === null ? null : bytesOf(key) }),
    ...(headers === undefined ? {} : { headers: Object.fromEntries(bytes) }),
    ...(timestamp === undefined ? {} : { timestamp: Number(timestamp) }),
  }
}

/**
 * Returns a message for each row, as JSON, at offsets 0, 1, 2… A string becomes the message's bytes as it is.
 *
 * @param around returns the key, headers and time of a row's message; none by default
 * @example
 * messagesOf([{ n: 1 }], () => ({ key: 'a', timestamp: 0 }))[0]?.offset // 0
 */
export function messagesOf<R>(rows: readonly R[], around: (row: R, index: number) => MessageAround = () => ({})): Message[] {
  return rows.map((row, offset) => ({
    value: bytesOf(typeof row === 'string' ? row : JSON.stringify(row)),
    offset,
    ...aroundOf(around(row, offset)),
  }))
}

/** Creates a source of messages in memory. A position is the offset of the last message read, plus 1. */
export function memorySource<T>({
  schema,
  partitions,
  topic = 'memory',
  until = 'complete',
  chunk = Number.POSITIVE_INFINITY,
}: MemorySourceOptions<T>): Source<T> {
  const idOf = (p: number) => `${topic}-${p}`
  const endOf = (messages: readonly Message[]) => (messages.at(-1)?.offset ?? -1) + 1
  return {
    name: topic,
    schema,
    until,
    async describe() {
      const infos = partitions.map((messages, p) => ({ id: idOf(p), topic, earliest: 0, start: 0, end: endOf(messages) }))
      return { topics: [{ name: topic, id: null }], partitions: infos }
    },
    async partitions(on) {
      on.assigned(partitions.map((_, p) => idOf(p)))
      return { close: async () => {} }
    },
    async open(partition, from, { to, maxFuture, reference = Number.POSITIVE_INFINITY }) {
      const number = Number(partition.slice(topic.length + 1))
      const messages = partitions[number]
      if (!messages) throw new TicketsError('SOURCE_MISSING', `there is no partition ${partition}`)
      if (from > endOf(messages))
        throw new TicketsError(
          'POSITION_AHEAD',
          `${partition} ends at ${endOf(messages)}, before the position ${from}: give the source what it had before`,
        )
      let position = from
      return {
        async read({ rows, ms, signal }) {
          const end = to ?? (until === 'never' ? Number.POSITIVE_INFINITY : endOf(messages))
          const found: Message[] = []
          for (const message of messages) {
            if (message.offset >= end || found.length >= Math.min(rows, chunk)) break
            if (message.offset >= position) found.push(message)
          }
          const last = found.at(-1)
          if (!last && position >= end) return 'end'
          if (!last) await systemClock.sleep(until === 'never' ? ms : 0, signal)
          const next = messages.find((message) => message.offset > (last?.offset ?? position - 1))
          position = last ? last.offset + 1 : Number.isFinite(end) ? end : position
          if (last && (!next || next.offset >= end) && Number.isFinite(end)) position = end
          return { ...schema.decode(found, { maxFuture, reference, partition: number }), position, lag: Math.max(0, endOf(messages) - position) }
        },
        async close() {},
      }
    },
  }
}
