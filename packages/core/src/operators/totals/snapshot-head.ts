import { TicketsError } from '../../base/errors.ts'
import type { StateReader, StateWriter } from './columns/state-bytes.ts'

/** The form of the bytes of a snapshot, which begins with it. */
const FORMAT = 1

/** What a snapshot of totals begins with. */
export interface SnapshotHead {
  readonly watermark: number
  /** What the next row of each key gets as its `revision`. */
  readonly revision: number
}

export function writeHead({ watermark, revision }: SnapshotHead, out: StateWriter): void {
  out.byte(FORMAT)
  out.number(watermark)
  out.number(revision)
}

/**
 * Reads what `writeHead` wrote.
 *
 * @param id the operator, for errors
 * @throws `OPERATOR_STATE` for the form of another release
 */
export function readHead(from: StateReader, id: string): SnapshotHead {
  const format = from.byte()
  if (format !== FORMAT)
    throw new TicketsError(
      'OPERATOR_STATE',
      `the state of "${id}" has format ${format}, this release reads ${FORMAT}: run the newer release, or start over with a new log`,
    )
  return { watermark: from.number(), revision: from.number() }
}
