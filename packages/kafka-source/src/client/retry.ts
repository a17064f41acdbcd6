import { type Logger, TicketsError } from '@tickets/core'
import { kafkaError } from './errors.ts'

export interface RetrySettings {
  readonly brokers: readonly string[]
  /** How long a fault that may pass is tried again, in milliseconds since the first try began. */
  readonly retryFor: number
  readonly logger?: Logger | undefined
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5000

/**
 * Runs `work`, and again with growing pauses while it fails with an error that may pass, for `retryFor` altogether.
 *
 * @param what names the work in the log, such as "reading the topics"
 * @param isWanted false ends it with the last error
 * @throws the last error in our words, with how long it was tried
 */
export async function withRetry<R>(
  { brokers, retryFor, logger }: RetrySettings,
  what: string,
  work: () => Promise<R>,
  isWanted: () => boolean = () => true,
): Promise<R> {
  const began = Date.now()
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      const failure = kafkaError(error, brokers)
      const left = retryFor - (Date.now() - began)
      // Another process may have the partition: whoever asks has to know at once.
      if (!failure.retryable || failure.code === 'TASK_LOST' || !isWanted()) throw failure
      if (left <= 0) throw afterAll(failure, retryFor)
      logger?.warn(`${what} failed and is tried again for ${Math.ceil(left / 1000)} s more: ${failure.message}`)
      await new Promise((done) => setTimeout(done, Math.min(pause, left)))
    }
  }
}

function afterAll(failure: TicketsError, retryFor: number): TicketsError {
  const message = `${failure.message} (tried again for ${retryFor / 1000} s, see \`retryFor\`)`
  return new TicketsError(failure.code, message, { cause: failure, retryable: true })
}
