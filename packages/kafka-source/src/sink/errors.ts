import { type ErrorCode, isTicketsError, TicketsError } from '@tickets/core'
import { chain, kafkaError } from '../client/errors.ts'
import type { Subject } from '../client/subject.ts'

const fenced = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']
const fencedCode = 90
/** Errors that a new producer does not have: its id expired, the coordinator moved, an earlier transaction is still being decided. */
const startsAnew =
  /^(INVALID_TXN_STATE|INVALID_PRODUCER_ID_MAPPING|UNKNOWN_PRODUCER_ID|OUT_OF_ORDER_SEQUENCE_NUMBER|DUPLICATE_SEQUENCE_NUMBER|CONCURRENT_TRANSACTIONS|TRANSACTION_COORDINATOR_FENCED|GROUP_LOAD_IN_PROGRESS|(GROUP_)?COORDINATOR_(NOT_AVAILABLE|LOAD_IN_PROGRESS)|NOT_COORDINATOR(_FOR_GROUP)?|GROUP_COORDINATOR_NOT_AVAILABLE)$/

export const errorsIn = chain

/** Returns whether another transaction of the same producer is still open. */
export const isConcurrent = (error: unknown): boolean => errorsIn(error).some((e) => e.type === 'CONCURRENT_TRANSACTIONS')

/** Returns whether a newer producer with our transactional id has fenced this one. */
export const isFenced = (error: unknown): boolean => errorsIn(error).some((e) => fenced.includes(e.type ?? '') || e.code === fencedCode)

/** Returns the error for a transaction that was open longer than `transactionTimeout`, at which the broker aborts it. */
export const tooSlow = (topic: string, transactionTimeout: number, cause: unknown): TicketsError =>
  new TicketsError(
    'SINK_FAILED',
    `Writing a range to ${topic} took longer than transactionTimeout (${transactionTimeout} ms), at which the broker ends it: raise transactionTimeout, at most to the broker's transaction.max.timeout.ms (raise that first where it is lower), and start again: what is recorded is sent then. Smaller ranges (\`range: { rows }\`) keep later ones short`,
    { cause, retryable: true },
  )

/** Returns a `TicketsError` for an error of the Kafka client while writing to a topic. */
export function sinkError(
  error: unknown,
  brokers: readonly string[],
  topic: string,
  code: ErrorCode = 'SINK_FAILED',
  subject: Subject = {},
): TicketsError {
  if (isTicketsError(error) && !error.code.startsWith('SOURCE_')) return error
  const errors = errorsIn(error)
  const has = (pattern: RegExp) => errors.some((e) => pattern.test(e.type ?? ''))
  if (has(/^(MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE)$/)) {
    const message = `The topic ${topic} takes no message as large as one of those that are recorded: raise its max.message.bytes (and segment.bytes where that is lower), and start again: they are sent then`
    return new TicketsError(code, message, { cause: error })
  }
  if (has(/^INVALID_RECORD$/)) {
    const message = `The topic ${topic} refused recorded messages. Where its cleanup.policy has "compact", it takes none without a key: set it to delete and start again, so that what is recorded is sent; then set \`key\`, and the policy back`
    return new TicketsError(code, message, { cause: error })
  }
  if (has(/^INVALID_TRANSACTION_TIMEOUT$/)) {
    const message = `The broker at ${brokers.join(', ')} allows no transaction as long as transactionTimeout: lower transactionTimeout to its transaction.max.timeout.ms (15 minutes by default), or raise that`
    return new TicketsError(code, message, { cause: error })
  }
  const known = kafkaError(error, brokers, { topics: [topic], doing: 'write', ...subject })
  return new TicketsError(code, known.message, { cause: known.cause ?? error, retryable: known.retryable || has(startsAnew) })
}
