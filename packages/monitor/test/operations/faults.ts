import {
  count,
  defineSchema,
  instant,
  into,
  type Message,
  type PipelineOptions,
  pipeline,
  type Sink,
  type Telemetry,
  TicketsError,
  tumbling,
  windowed,
} from '@tickets/core'
import { memoryLog, memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import * as z from 'zod'
import { changed } from '../changed-sink.ts'

const Event = defineSchema(z.object({ at: instant(), n: z.int() }), { name: 'event', time: 'at' })
interface Event {
  at: Date
  n: number
}

/** What happens to a pipeline once it is broken, and the alerts that must follow. */
export interface Fault {
  readonly name: string
  readonly fires: readonly string[]
  readonly options?: Partial<Pick<PipelineOptions<Event, never>, 'memory' | 'range'>>
  /** The rows that each partition gets in a tenth of a second. */
  readonly rows?: (isBroken: boolean, now: number) => readonly [readonly unknown[], readonly unknown[]]
  /** The sink for rows. */
  readonly sink?: (isBroken: () => boolean) => Sink<Event>
  /** The sink for windows. */
  readonly windows?: (isBroken: () => boolean) => Sink<unknown>
  /** The run is stopped. */
  readonly stops?: boolean
}

const forever = new Promise<never>(() => {})
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
const some = (length: number, at: number): Event[] => Array.from({ length }, (_, n) => ({ at: new Date(at), n }))
const healthy = (_: boolean, now: number) => [some(10, now), some(10, now)] as const
const hanging = <T>(isBroken: () => boolean) =>
  changed(memorySink<T>('hanging'), (writer) => ({ stage: (...range) => (isBroken() ? forever : writer.stage(...range)) }))

/** One pipeline without a fault, and one for each that an alert is about. */
export const faults: readonly Fault[] = [
  { name: 'good', fires: [] },
  { name: 'stopped', fires: ['TicketsPipelineDown'], stops: true },
  {
    name: 'failing',
    fires: ['TicketsPipelineDown', 'TicketsRunFailed'],
    sink: (isBroken) =>
      changed(memorySink<Event>(), (writer) => ({
        async publish(staged) {
          if (isBroken()) throw new TicketsError('SINK_FAILED', 'the disk is full')
          await writer.publish(staged)
        },
      })),
  },
  // A task that hangs moves no watermark either.
  { name: 'hanging', fires: ['TicketsNoCommit', 'TicketsWatermarkStands'], sink: hanging },
  {
    name: 'slow',
    fires: ['TicketsLagGrows'],
    rows: (isBroken, now) => (isBroken ? [some(200, now), some(10, now)] : healthy(false, now)),
    sink: (isBroken) =>
      changed(memorySink<Event>(), (writer) => ({
        async write(batch) {
          if (isBroken()) await pause(200)
          return writer.write(batch)
        },
      })),
  },
  {
    name: 'standing',
    fires: ['TicketsWatermarkStands'],
    rows: (isBroken, now) => [isBroken ? some(10, now - (now % 3_600_000)) : [], some(10, now)],
  },
  { name: 'merging', fires: ['TicketsMergeLag'], windows: hanging },
  {
    name: 'busy',
    fires: ['TicketsRetries'],
    sink: (isBroken) => {
      // Of each task, over all of its writers: in turns, two tasks could share the failures out so that one of them has them all, and gives up.
      const publications = new Map<string, number>()
      return changed(memorySink<Event>(), (writer, { task }) => ({
        async publish(staged) {
          const before = publications.get(task) ?? 0
          publications.set(task, before + (isBroken() ? 1 : 0))
          if (isBroken() && before % 2 === 0) throw new TicketsError('SINK_FAILED', 'the disk is busy', { retryable: true })
          await writer.publish(staged)
        },
      }))
    },
  },
  {
    name: 'invalid',
    fires: ['TicketsDeadLetters'],
    rows: (isBroken, now) => (isBroken ? [[...some(9, now), 'no JSON'], some(10, now)] : healthy(false, now)),
  },
  {
    name: 'refusing',
    fires: ['TicketsRowsRefused'],
    sink: (isBroken) =>
      changed(memorySink<Event>(), (writer) => ({
        write: async (batch) =>
          isBroken()
            ? batch.toArray().map((row) => ({ reason: 'the table refuses it', key: null, value: JSON.stringify(row) }))
            : writer.write(batch),
      })),
  },
  {
    name: 'late',
    fires: ['TicketsLateRows'],
    rows: (isBroken, now) => (isBroken ? [[...some(9, now), ...some(1, now - 3_600_000)], some(10, now)] : healthy(false, now)),
  },
  {
    name: 'full',
    fires: ['TicketsMemoryNearLimit', 'TicketsNoCommit', 'TicketsWatermarkStands'],
    options: { memory: 64 * 1024, range: { time: '1 minute' } },
    rows: (_, now) => [some(200, now), some(200, now)],
    sink: hanging,
  },
]

/** Starts the pipeline of a fault, in good health. `tick` gives it rows; `stop` ends it, and waits. */
export function start({ name, options, rows = healthy, sink, windows, stops = false }: Fault, telemetry: Telemetry) {
  const stopped = new AbortController()
  const partitions: readonly [Message[], Message[]] = [[], []]
  let isBroken = false
  const run = pipeline({
    name,
    source: memorySource({ schema: Event, partitions, until: 'never', chunk: 200 }),
    log: memoryLog(),
    range: { time: 200 },
    deadLetters: memorySink('dead'),
    drainTimeout: 500,
    telemetry,
    ...options,
    flows: (events) => ({
      rows: events.pipe(into(sink?.(() => isBroken) ?? memorySink<Event>('rows'))),
      windows: events.pipe(
        windowed(tumbling({ size: 500 }), { aggregate: { events: count() } }),
        into(windows?.(() => isBroken) ?? memorySink<unknown>('windows')),
      ),
    }),
  }).run({ handleSignals: false, signal: stopped.signal })
  // A sink that hangs cannot be drained, and one that fails ends its run.
  const ended = run.then(
    () => {},
    () => {},
  )
  return {
    tick() {
      rows(isBroken, Date.now()).forEach((more, i) => {
        const messages = partitions[i]
        for (const message of messagesOf(more)) messages?.push({ ...message, offset: messages.length })
      })
    },
    break() {
      isBroken = true
      if (stops) stopped.abort()
    },
    async stop() {
      stopped.abort()
      await ended
    },
  }
}
