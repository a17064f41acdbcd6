import { type Clock, systemClock } from '../base/clock.ts'
import { type Duration, millis, positiveMillis } from '../base/duration.ts'
import { TicketsError } from '../base/errors.ts'
import { harmlessLogger } from '../base/log/harmless.ts'
import { type Logger, withFields } from '../base/log/logger.ts'
import { positiveInteger } from '../base/positive-integer.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import type { DeadLetter } from '../connectors/dead-letter.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { Progress } from '../connectors/progress.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Source } from '../connectors/source.ts'
import type { Telemetry } from '../connectors/telemetry.ts'
import type { Flows } from '../dataflow/graph.ts'
import type { FlowChanges } from './changes/flow-changes.ts'

/** When a range ends and is committed: at the first of these. */
export interface RangeOptions {
  /** Rows and invalid messages at most; 1,000,000 by default. */
  rows?: number
  /** Arrow bytes that sinks hold; half of `memory` over all tasks ends it in any case. */
  bytes?: number
  /** Time since the last commit; 30 seconds by default. How fresh the files are, and how many there are. */
  time?: Duration
}

/** The parts and settings of a pipeline. */
export interface PipelineOptions<T, P> {
  /** Names it in its log; letters, digits, `_`, `.` and `-`. */
  name: string
  source: Source<T, P>
  /** Holds its commits: `commitLog(path)` from `@tickets/core/node`. Delete it to start over. */
  log: CommitLog
  /** Name → observable that ends in `into(sink)`. A flow's name is the identity of its state and files. */
  flows: Flows<T>
  /** What may change about the flows of a log that has begun; nothing by default. */
  changes?: FlowChanges
  /** The sink for invalid messages. Without it, the first invalid message stops the pipeline. */
  deadLetters?: Sink<DeadLetter>
  /** The sink for rows that come too late for a window, if the `windowed` names no sink of its own. Without it they are only counted. */
  late?: Sink<LateRow>
  /** How far event times may be out of order within a partition; 0 by default. A partition's watermark is its largest event time less this. */
  maxOutOfOrderness?: Duration
  /** How long a partition without rows holds windows back; 1 minute by default, off (`Infinity`) when the source is bounded. */
  idleTimeout?: Duration
  /** How far an event time may be ahead of its message's broker time before the message is rejected; 1 day by default. */
  maxFuture?: Duration
  /** How long, in event time, an emitted window can still be revised when an idle partition comes back or a partition is added; 1 day by default. */
  keepFor?: Duration
  /** How far, in event time, a partition may be ahead of the slowest one before it waits, so that it cannot fill the merge; `Infinity` by default. */
  maxDrift?: Duration
  range?: RangeOptions
  /** Arrow bytes held over all tasks at the most; 64 MiB by default. */
  memory?: number
  /** How often a task or the merge is opened again after a transient fault, with growing pauses, before the pipeline stops; 8 by default. */
  retries?: number
  /** How long a run may take to drain once it is stopped, sinks that hang included; 30 seconds by default. */
  drainTimeout?: Duration
  /** Called about every second, and at the end. What it throws is logged once and stops nothing; the same goes for `logger`. */
  onProgress?: (progress: Progress) => void
  logger?: Logger
  /** Watches the runs: `monitor()` of `@tickets/monitor`, `openTelemetry()`, or your own. Called for each range and event, never for each row. */
  telemetry?: Telemetry | readonly Telemetry[]
  /** Processing time, for tests. */
  clock?: Clock
}

/** The options with all defaults, durations in milliseconds. */
export interface ResolvedOptions {
  readonly time: {
    readonly maxOutOfOrderness: number
    readonly idleTimeout: number
    readonly maxFuture: number
    readonly keepFor: number
    readonly maxDrift: number
  }
  readonly range: { readonly rows: number; readonly bytes: number; readonly time: number }
  readonly memory: number
  readonly retries: number
  readonly drainTimeout: number
  readonly clock: Clock
  readonly logger: Logger
}

/** Returns a duration in milliseconds, or Infinity for never. */
function limit(value: Duration, what: string): number {
  return value === Number.POSITIVE_INFINITY ? value : positiveMillis(value, what)
}

/** A number of tries; Infinity never gives up. */
function retriesOf(value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 0)) return value
  throw new TicketsError('OPTION_INVALID', `retries is a whole number from 0, got ${value}`)
}

/** Fills in the defaults. Throws `OPTION_INVALID` with the option and its value. */
export function resolveOptions<T, P>(options: PipelineOptions<T, P>): ResolvedOptions {
  const { name, source, range = {} } = options
  if (!/^[\w.-]+$/.test(name))
    throw new TicketsError('OPTION_INVALID', `a pipeline's name has letters, digits, _ . and - only, got ${JSON.stringify(name)}`)
  const { added = 'refuse', changed = 'refuse', dropped = 'refuse' } = options.changes ?? {}
  if (added !== 'refuse' && added !== 'current' && added !== 'backfill')
    throw new TicketsError('OPTION_INVALID', `changes.added is 'refuse', 'current' or 'backfill', got ${JSON.stringify(added)}`)
  if (changed !== 'refuse' && changed !== 'next-version')
    throw new TicketsError('OPTION_INVALID', `changes.changed is 'refuse' or 'next-version', got ${JSON.stringify(changed)}`)
  if (dropped !== 'refuse' && dropped !== 'remember')
    throw new TicketsError('OPTION_INVALID', `changes.dropped is 'refuse' or 'remember', got ${JSON.stringify(dropped)}`)
  const bounded = source.until !== 'never'
  const memory = positiveInteger(options.memory ?? 64 * 1024 * 1024, 'memory')
  return {
    time: {
      maxOutOfOrderness: millis(options.maxOutOfOrderness ?? 0, 'maxOutOfOrderness'),
      idleTimeout: limit(options.idleTimeout ?? (bounded ? Number.POSITIVE_INFINITY : '1 minute'), 'idleTimeout'),
      maxFuture: limit(options.maxFuture ?? '1 day', 'maxFuture'),
      keepFor: limit(options.keepFor ?? '1 day', 'keepFor'),
      maxDrift: limit(options.maxDrift ?? Number.POSITIVE_INFINITY, 'maxDrift'),
    },
    range: {
      rows: positiveInteger(range.rows ?? 1_000_000, 'range.rows'),
      bytes: positiveInteger(range.bytes ?? memory, 'range.bytes'),
      time: limit(range.time ?? '30 seconds', 'range.time'),
    },
    memory,
    retries: retriesOf(options.retries ?? 8),
    drainTimeout: positiveMillis(options.drainTimeout ?? '30 seconds', 'drainTimeout'),
    clock: options.clock ?? systemClock,
    logger: withFields(harmlessLogger(options.logger), { pipeline: name }),
  }
}
