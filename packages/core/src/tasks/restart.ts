import type { Clock } from '../base/clock.ts'
import { isRetryable, isTicketsError, messageOf } from '../base/errors.ts'
import { codeOf, logEvent } from '../base/log/log-events.ts'
import type { Logger } from '../base/log/logger.ts'
import { backoff, jittered } from '../base/retry.ts'

/** What is opened again after a transient fault: a task, or the merge. */
export interface Supervised {
  readonly name: string
  /** Runs until it is done or stopped. */
  run(): Promise<void>
  /** Returns a number that grows with each commit. After progress the count of failures starts at zero. */
  progress(): number
}

export interface SupervisorOptions {
  readonly retries: number
  readonly clock: Clock
  readonly logger: Logger
  /** Called before each pause. */
  readonly onRetry?: (error: unknown, failures: number) => void
  /** Ends the pause between two attempts, and allows no further one. */
  readonly signal: AbortSignal
}

/**
 * Runs something, and again after faults that trying again can fix: each time from its log, with growing pauses. Being beaten to a
 * record is one of them: the work was thrown away, and the log is read again (docs/internals/protocol.md#3.3).
 *
 * @throws the last error, when it is not retryable or `retries` in a row brought nothing
 */
export async function supervise(work: Supervised, { retries, clock, logger, onRetry, signal }: SupervisorOptions): Promise<void> {
  let failures = 0
  for (;;) {
    const before = work.progress()
    try {
      return await work.run()
    } catch (error) {
      if (signal.aborted) return
      if (work.progress() > before) failures = 0
      const beaten = isTicketsError(error, 'TASK_LOST')
      if (!isRetryable(error) || (!beaten && failures >= retries)) throw error
      failures++
      const pause = jittered(backoff(failures))
      const fields = { task: work.name, failures, pauseMs: Math.round(pause), code: codeOf(error) }
      logEvent(logger, 'task.retried', fields, `${work.name} is opened again in ${fields.pauseMs} ms (try ${failures}): ${messageOf(error)}`)
      onRetry?.(error, failures)
      await clock.sleep(pause, signal)
      if (signal.aborted) return
    }
  }
}
