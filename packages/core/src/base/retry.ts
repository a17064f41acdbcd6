import { type Clock, systemClock } from './clock.ts'

/** How pauses between tries grow, in milliseconds. */
export interface BackoffOptions {
  /** The pause after the first failure; 100 by default. */
  readonly first?: number | undefined
  /** No pause is longer; 10,000 by default. */
  readonly longest?: number | undefined
}

/**
 * Returns how long to wait after so many failures in a row, in milliseconds: twice as long each time, up to `longest`.
 *
 * @param failures from 1 on
 * @example
 * backoff(3) // 400
 */
export function backoff(failures: number, { first = 100, longest = 10_000 }: BackoffOptions = {}): number {
  return Math.min(longest, first * 2 ** Math.min(failures - 1, 30))
}

/** Returns between half of `ms` and all of it, so that processes that fail together do not try again together. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2)
}

export interface RetryOptions extends BackoffOptions {
  /** Decides whether to try again after the error of the `failures`-th try. */
  readonly again: (error: unknown, failures: number) => boolean | Promise<boolean>
  /** The system clock by default. */
  readonly clock?: Clock | undefined
  /** Ends the pause between two tries: the last error is thrown then. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs `work` until it succeeds, with a growing pause after each failure, and returns its result.
 *
 * @throws the last error, when `again` says no or `signal` aborts
 * @example
 * await retry(() => connect(), { again: (error, failures) => isRetryable(error) && failures < 5 })
 */
export async function retry<R>(work: () => Promise<R>, { again, clock = systemClock, signal, ...pauses }: RetryOptions): Promise<R> {
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted || !(await again(error, failures))) throw error
      await clock.sleep(backoff(failures, pauses), signal)
      if (signal?.aborted) throw error
    }
  }
}

/**
 * Waits for `work`, but no longer than `ms`. Returns whether it settled in time; rejects with its error.
 *
 * @example
 * await settlesWithin(writer.close(), 5_000) // false when the close hangs
 */
export async function settlesWithin(work: Promise<unknown>, ms: number, clock: Clock = systemClock): Promise<boolean> {
  const timer = new AbortController()
  try {
    return await Promise.race([work.then(() => true), clock.sleep(ms, timer.signal).then(() => false)])
  } finally {
    // Without a reason an error with its stack would be made each time.
    timer.abort('settled')
  }
}
