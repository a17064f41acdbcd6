import type { Clock } from '../base/clock.ts'
import { byName } from '../base/own-names.ts'
import type { Committed } from '../commit/committer.ts'
import type { LogRecord } from '../connectors/commit-log.ts'
import { sizeOfStaged } from '../connectors/staged-entry.ts'
import type { CommittedRange, StepTime, WrittenOutput } from '../connectors/telemetry.ts'
import { type Counted, countedSince, NOTHING } from '../records/totals.ts'
import type { RunEvents } from './run-events.ts'

/** What a task knows of a range when it is cut, and its record does not hold. */
export interface CutRange {
  readonly read?: StepTime
  readonly eventTime: number | null
  readonly brokerTime: number | null
}

/** The last range of a task that this process has seen visible, and reported to those that watch. */
export interface ReportedRange {
  /** The attempt that reports, or reported, the task. */
  readonly attempt: string
  readonly n: number
  readonly counts: Counted
}

interface ReportContext {
  readonly clock: Clock
  readonly events: RunEvents
  /** Task → its last range that was reported. */
  readonly reported: Map<string, ReportedRange>
}

interface ReportOptions {
  readonly task: string
  /** Null for the merge. */
  readonly partition: string | null
  readonly attempt: string
  /** Reads the counts in a record. */
  readonly counted: (record: LogRecord) => Counted
}

/**
 * Reports the committed ranges of a task, or of the merge, to those that watch the run. What a range counts is the difference between two records, so
 * that all reports together are what the log has.
 */
export class RangeReport {
  readonly #context: ReportContext
  readonly #options: ReportOptions
  #eventTime: number | null = null

  constructor(context: ReportContext, options: ReportOptions) {
    this.#context = context
    this.#options = options
  }

  /**
   * Begins with the head of the log. Where an attempt before, in this process, has recorded it and has failed to publish it, it is reported now: nobody
   * else does.
   */
  recovered(head: LogRecord | null, stateBytes: number): void {
    const { task, attempt, counted } = this.#options
    const last = this.#context.reported.get(task)
    if (head && last && head.attempt === last.attempt && head.n > last.n) this.#report(head, {}, { eventTime: null, brokerTime: null }, stateBytes)
    this.#context.reported.set(task, { attempt, n: head?.n ?? -1, counts: head ? counted(head) : NOTHING })
  }

  /** Notes what is known of a range as it is cut. `newest`: the newest event time of the task so far. */
  cut({ begun, brokerTime }: { readonly begun: number; readonly brokerTime: number | null }, newest: number | null): CutRange {
    const eventTime = newest === this.#eventTime ? null : newest
    this.#eventTime = newest
    return { read: { start: begun, end: this.#context.clock.now() }, eventTime, brokerTime }
  }

  /** Reports a range that is visible now. */
  committed({ record, steps }: Committed, { read, ...times }: CutRange, stateBytes: number): void {
    this.#report(record, { ...(read && { read }), ...steps }, times, stateBytes)
  }

  #report(record: LogRecord, steps: CommittedRange['steps'], times: Omit<CutRange, 'read'>, stateBytes: number): void {
    const { events, clock, reported } = this.#context
    const { task, partition, attempt, counted } = this.#options
    const last = reported.get(task)
    // An attempt that has lost the task may come to its end after the next one has reported the range.
    if (last && record.n <= last.n) return
    const counts = counted(record)
    reported.set(task, { attempt, n: record.n, counts })
    if (!events.isWatched) return
    const since = countedSince(counts, last?.counts ?? NOTHING)
    const written = writtenBy(record, since.written)
    events.committed({ task, partition, n: record.n, at: clock.now(), ...since, written, steps, ...times, stateBytes })
  }
}

function writtenBy({ files }: LogRecord, rows: Readonly<Record<string, number>>): Record<string, WrittenOutput> {
  const written = byName<WrittenOutput>()
  for (const [flow, count] of Object.entries(rows)) written[flow] = { rows: count, files: 0, bytes: 0 }
  for (const [flow, staged] of Object.entries(files)) written[flow] = { rows: written[flow]?.rows ?? 0, ...sizeOfStaged(staged) }
  return written
}
