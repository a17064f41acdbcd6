import type { Clock } from '../base/clock.ts'
import { TicketsError } from '../base/errors.ts'
import { settlesWithin } from '../base/retry.ts'

/** Returns the error that a task throws when its partition was revoked. */
export function taskLost(partition: string): TicketsError {
  const message = `${partition} was revoked: what was read since the last record is given up`
  return new TicketsError('TASK_LOST', message, { retryable: true })
}

/** Waits for `work`, but only while the partition is assigned: a sink that hangs must not delay the group. */
export function raceRevoked(partition: string, revoked: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    // After the revocation nobody waits for the work, so its failure is not an unhandled rejection.
    const lose = () => reject(taskLost(partition))
    if (revoked.aborted) lose()
    revoked.addEventListener('abort', lose)
    const done = () => revoked.removeEventListener('abort', lose)
    work.then(resolve, reject).then(done)
  })
}

/** How long a revoked task waits for its unfinished writes and commits. */
const CLOSE_TIMEOUT_MS = 5_000

/** Waits until a revoked task has closed, for 5 seconds at most. */
export async function closeRevoked(closed: Promise<void>, clock: Clock): Promise<void> {
  await settlesWithin(closed, CLOSE_TIMEOUT_MS, clock)
}
