import { type Logger, TicketsError } from '@tickets/core'
import { logEvent, retry, systemClock } from '@tickets/core/internal'
import { kafkaError, tlsFault } from './errors.ts'
import type { Subject } from './subject.ts'

export interface RetrySettings {
  readonly brokers: readonly string[]
  /** How long a transient failure is retried, in milliseconds since the first try began. */
  readonly retryFor: number
  readonly logger?: Logger | undefined
  /** What the work is about, for its errors. */
  readonly subject?: Subject | undefined
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5000

/**
 * Runs `work`, and again with growing pauses while it fails with a transient error, for `retryFor` altogether. Returns its result.
 *
 * @param what names the work in the log, such as "reading the topics"
 * @param isWanted false ends it with the last error
 * @throws the last error as a `TicketsError`, which says how long it was retried
 * @example
 * await withRetry({ brokers, retryFor: 60_000 }, 'reading the topics', () => readTopics()) // ['client_tickets']
 */
export function withRetry<R>(
  { brokers, retryFor, logger, subject = {} }: RetrySettings,
  what: string,
  work: () => Promise<R>,
  isWanted: () => boolean = () => true,
): Promise<R> {
  const began = Date.now()
  const left = () => retryFor - (Date.now() - began)
  const again = (error: unknown) => {
    const failure = kafkaError(error, brokers, subject)
    // Another process may own the partition: the caller has to know at once.
    if (!failure.retryable || failure.code === 'TASK_LOST' || !isWanted()) throw failure
    if (left() <= 0) throw retriedError(failure, retryFor)
    const leftMs = Math.ceil(left())
    const message = `${what} failed and is tried again for ${Math.ceil(leftMs / 1000)} s more: ${failure.message}`
    logEvent(logger, 'kafka.retried', { work: what, leftMs, code: failure.code }, message)
    return true
  }
  // The last pause ends with `retryFor`, so that the last try is not later.
  const clock = { ...systemClock, sleep: (ms: number) => systemClock.sleep(Math.min(ms, Math.max(0, left()))) }
  const attempt = async () => {
    try {
      return await work()
    } catch (error) {
      throw (await tlsFault(error, brokers, subject.connection)) ?? error
    }
  }
  return retry(attempt, { again, clock, first: FIRST_PAUSE_MS, longest: LONGEST_PAUSE_MS })
}

/** Returns a failure with how long it was retried. */
export function retriedError(failure: TicketsError, retryFor: number): TicketsError {
  const message = `${failure.message} (tried again for ${retryFor / 1000} s, see \`retryFor\`)`
  return new TicketsError(failure.code, message, { cause: failure, retryable: true })
}
