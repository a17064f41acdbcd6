import type { CommittedRange, Retry, StepTime, WatchedRun } from '@tickets/core'
import { codeOf } from '@tickets/core/internal'

/** A span as it is emitted; times in epoch milliseconds. */
export interface RangeSpan {
  readonly name: string
  /** Whether messages of a broker are its work. */
  readonly isConsumer: boolean
  readonly attributes: Readonly<Record<string, string | number>>
  readonly start: number
  readonly end: number
  /** The code of what went wrong. */
  readonly error?: string
  readonly children: readonly ({ readonly name: string } & StepTime)[]
}

/** Returns the span of a committed range; null where its steps were not timed, since another attempt had recorded it. */
export function spanOf(run: WatchedRun, { task, partition, n, at, rows, rejected, steps }: CommittedRange): RangeSpan | null {
  const children = Object.entries<StepTime>(steps).map(([name, time]) => ({ name, ...time }))
  const first = children[0]
  if (!first) return null
  const own = { ...identity(run), 'tickets.task': task, 'tickets.range': n, 'tickets.rows.rejected': rejected }
  if (partition === null) return { name: 'merge', isConsumer: false, attributes: own, start: first.start, end: at, children }
  const { topic, number } = placeOf(partition)
  const isConsumer = systemOf(run) !== null
  const count = { 'messaging.batch.message_count': rows }
  return {
    name: `process ${topic}`,
    isConsumer,
    attributes: isConsumer ? { ...own, ...messaging(run, topic, number), ...count } : { ...own, 'tickets.rows': rows },
    start: first.start,
    end: at,
    children,
  }
}

/** Returns the span of a fault that is tried again. It lasts no time. */
export function retrySpan(run: WatchedRun, { task, error, failures, at }: Retry): RangeSpan {
  const code = codeOf(error)
  const attributes = { ...identity(run), 'tickets.task': task, 'tickets.failures': failures, 'error.type': code }
  return { name: `retry ${task}`, isConsumer: false, attributes, start: at, end: at, error: code, children: [] }
}

const identity = ({ pipeline, backfill }: WatchedRun) => ({
  'tickets.pipeline': pipeline,
  ...(backfill !== null && { 'tickets.backfill': backfill }),
})

/** The attributes that OpenTelemetry's semantic conventions have for messages. */
const messaging = (run: WatchedRun, topic: string, number: string) => ({
  'messaging.system': systemOf(run) ?? '',
  'messaging.operation.name': 'process',
  'messaging.operation.type': 'process',
  'messaging.destination.name': topic,
  'messaging.destination.partition.id': number,
})

/** Returns the messaging system, which the name of a source begins with, such as `kafka:client_tickets`; null for files and generators. */
const systemOf = ({ source }: WatchedRun): string | null => (/^kafka:/.test(source) ? 'kafka' : null)

function placeOf(partition: string): { readonly topic: string; readonly number: string } {
  const dash = partition.lastIndexOf('-')
  return { topic: partition.slice(0, dash), number: partition.slice(dash + 1) }
}
