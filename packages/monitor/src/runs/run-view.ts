import type { CommittedRange, EndedRun, Retry, RunState, RunWatcher, WatchedRun } from '@tickets/core'
import { codeOf } from '@tickets/core/internal'

/** A fault, without its message: that may hold what a server has answered. The logger has it. */
export interface SeenError {
  readonly at: number
  /** Null where the whole run failed. */
  readonly task: string | null
  readonly code: string
  readonly failures: number
}

/** How many ranges and errors are kept. */
const KEPT = 20

/** Keeps what is known of one run: its last ranges, its last errors, and how it ended. */
export class RunView implements Required<RunWatcher> {
  readonly run: WatchedRun
  /** The name of the pipeline; of a backfill `<pipeline>/<backfill>`. */
  readonly name: string
  readonly tasks = new Map<string, Pick<CommittedRange, 'n' | 'at' | 'stateBytes'>>()
  /** The newest comes last. */
  readonly ranges: CommittedRange[] = []
  readonly errors: SeenError[] = []
  end: EndedRun | null = null

  constructor(run: WatchedRun) {
    this.run = run
    this.name = nameOfRun(run)
  }

  /** Returns what the run is doing; null once it has ended. */
  state(): RunState | null {
    return this.end ? null : this.run.state()
  }

  committed(range: CommittedRange): void {
    const { n, at, stateBytes } = range
    this.tasks.set(range.task, { n, at, stateBytes })
    keep(this.ranges, range)
  }

  retried({ task, error, failures, at }: Retry): void {
    keep(this.errors, { at, task, code: codeOf(error), failures })
  }

  ended(end: EndedRun): void {
    if (end.how === 'failed') keep(this.errors, { at: end.at, task: null, code: codeOf(end.error), failures: 1 })
    this.end = end
  }
}

/** Returns the name of a run's pipeline; of a backfill `<pipeline>/<backfill>`. */
export const nameOfRun = ({ pipeline, backfill }: WatchedRun): string => (backfill === null ? pipeline : `${pipeline}/${backfill}`)

function keep<T>(list: T[], one: T): void {
  list.push(one)
  if (list.length > KEPT) list.shift()
}
