import { TicketsError } from '../../base/errors.ts'
import type { LogRecord } from '../../connectors/commit-log.ts'
import { verifyChecksum, withChecksum } from './checksum.ts'
import { REMEDY } from './log-layout.ts'
import { checkName, recordNumber } from './record-names.ts'

/** Since format 2 the partials and the state in records may hold sets of texts in compact form, which earlier releases would misread. */
const RECORD_FORMAT = 2

/** Returns the highest number among the names of a task's files; -1 where there is no record. */
export const newest = (names: readonly string[]): number => names.reduce((max, name) => Math.max(max, recordNumber(name)), -1)

/** Returns a record as the parts of its file. */
export const recordParts = (record: LogRecord): readonly Uint8Array[] => withChecksum(record, RECORD_FORMAT)

/** Throws `OPTION_INVALID` for a record that could not have a file. */
export function checkRecord({ n, attempt }: LogRecord): void {
  checkName('an attempt', attempt)
  if (!Number.isSafeInteger(n) || n < 0) throw new TicketsError('OPTION_INVALID', `a record's number is an integer from 0, got ${n}`)
}

/**
 * Returns record `n` from the bytes of its file.
 *
 * @param file its path, for messages
 * @throws `LOG_DAMAGED`, and `LOG_UNUSABLE` if a newer release wrote it
 */
export function verifyRecord(bytes: Uint8Array, file: string, n: number): LogRecord {
  const record = verifyChecksum(bytes, file, REMEDY, RECORD_FORMAT) as LogRecord
  if (record.n === n) return record
  throw new TicketsError('LOG_DAMAGED', `${file} holds record ${record.n}, so it was copied or renamed. ${REMEDY}`)
}

/** What reading the records of a task in order needs. */
export interface TaskRecords {
  readonly task: string
  /** The log's place, for messages. */
  readonly log: string
  /** The names of the task's files. */
  readonly names: readonly string[]
  /** Returns record `n`, or null if it is gone meanwhile. */
  readonly record: (n: number) => Promise<LogRecord | null>
}

/** Yields the records after number `after`, in order. Throws `LOG_GAP` if one is missing. */
export async function* recordsAfter(after: number, { task, log, names, record }: TaskRecords): AsyncGenerator<LogRecord> {
  const numbers = names.map(recordNumber).filter((n) => n >= 0)
  const last = Math.max(-1, ...numbers)
  if (last < after) throw gap(task, log, after, false)
  const there = new Set(numbers)
  for (let n = after + 1; n <= last; n++) {
    const found = there.has(n) ? await record(n) : null
    // Nothing from n down to the lowest: pruned, since this reader fell behind another one.
    if (!found) throw gap(task, log, n, !numbers.some((other) => other < n))
    yield found
  }
}

function gap(task: string, log: string, n: number, pruned: boolean): TicketsError {
  const what = pruned ? 'was pruned: another reader is further; read the log again from its committed position' : `is missing. ${REMEDY}`
  // A zombie may have made a pruned record again, and stopped there (docs/internals/protocol.md#3.5): then nothing is missing, and its merge continues from a later position.
  return new TicketsError('LOG_GAP', `record ${n} of ${task} in ${log} ${what}`, { retryable: true })
}

/** Returns the error of a process whose log was deleted or begun anew. */
export function goneLog(log: string, cause?: unknown): TicketsError {
  return new TicketsError(
    'LOG_GONE',
    `the log ${log} was deleted while this process ran, or begun anew: this process stops, and has written nothing since. To start over, stop every process of the pipeline before you delete its log`,
    { cause },
  )
}
