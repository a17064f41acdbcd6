import { Event, type Script } from '../../test/lake.ts'
import type { Message } from '../batch/message.ts'
import type { Source } from '../connectors/source.ts'
import { memorySource } from '../testing/memory-source.ts'

interface TopicOptions {
  /** Where a new pipeline starts, by partition. */
  readonly start: readonly number[]
  readonly until?: Source<Event>['until']
}

const timeOf = ({ value }: Message) => {
  try {
    return Date.parse(JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(value ?? new Uint8Array())).at)
  } catch {
    return Number.NaN
  }
}

/** A source with offsets and times, as Kafka is one: it starts where it is asked to, and can be filled. */
export function topic(partitions: readonly Message[][], { start, until = 'now' }: TopicOptions): Source<Event> {
  const inner = memorySource({ schema: Event, partitions, until, chunk: 2 })
  const at = (bounds: (messages: readonly Message[], end: number, p: number) => { start: number; end: number }, source = inner): Source<Event> => ({
    ...source,
    async describe() {
      const info = await inner.describe()
      return { ...info, partitions: info.partitions.map((one, p) => ({ ...one, ...bounds(partitions[p] ?? [], one.end, p) })) }
    },
  })
  return {
    ...at((_, end, p) => ({ start: start[p] ?? 0, end })),
    backfill: ({ from, until: last }) =>
      at(
        (all, end) => {
          const first = (ms: number) => all.find((message) => timeOf(message) >= ms)?.offset ?? end
          return { start: from === 'earliest' ? 0 : first(from), end: last === undefined ? end : first(last) }
        },
        memorySource({ schema: Event, partitions, until: 'now', chunk: 2 }),
      ),
  }
}

/** Rows from the `from`th to the `to`th, each `step` seconds after the one before. */
export const seconds = (from: number, to: number, step = 4): Script => Array.from({ length: to - from }, (_, i) => (from + i) * step)
