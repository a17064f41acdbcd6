import { TicketsError } from '../base/errors.ts'
import { Batch } from '../batch/batch.ts'
import { DeadLetter } from './dead-letter.ts'

/** A row that a flow made and that cannot be written: it becomes a dead letter before the record that would hold it (docs/internals/protocol.md#3.14). */
export interface Refused {
  /** Names what cannot be written and why. */
  readonly reason: string
  /** The row's key, where it has one, as JSON. */
  readonly key: string | null
  /** The row as JSON. */
  readonly value: string
}

/** Begins the topic of a dead letter that is a refused row; the name of the flow follows. */
const FLOW = 'flow:'

/** Returns whether a dead letter is a row that a flow made, and not a message: the schema of the source does not read it. */
export const isOfFlow = ({ topic }: { readonly topic: string }): boolean => topic.startsWith(FLOW)

/**
 * Returns refused rows as dead letters. Their topic is `flow:<flow>`, which no topic is called, and their position counts the refused rows of the
 * task, so that each has an identity of its own.
 *
 * @param counted how many rows of this task were refused before
 */
export function refusedLetters(flow: string, task: string, counted: number, refused: readonly Refused[]): Batch<DeadLetter> {
  return Batch.of(
    DeadLetter,
    refused.map(({ reason, key, value }, i) => ({
      topic: `${FLOW}${flow}`,
      partition: task,
      position: counted + i,
      timestamp: null,
      reason: reason.toWellFormed(),
      key: key === null ? null : key.toWellFormed(),
      value: value.toWellFormed(),
      encoding: 'utf8' as const,
    })),
  )
}

/**
 * Returns the error for a refused row in a pipeline without `deadLetters`. Nothing of its range is recorded, so the next run reads the row again,
 * as the message advises.
 */
export function refusedError(flow: string, { reason }: Refused): TicketsError {
  return new TicketsError(
    'RESULT_REFUSED',
    `flow "${flow}" made a row that cannot be written: ${reason}. Set \`deadLetters\` to a sink and run again: such rows go there, and everything else continues`,
  )
}

/** Where rows go that cannot be written. */
export type OnRefused = (flow: string, refused: readonly Refused[]) => void

/** Stops at the first row that cannot be written. */
export const refuse: OnRefused = (flow, [first]) => {
  if (first) throw refusedError(flow, first)
}
