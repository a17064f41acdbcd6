import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import { AccWriter, accReader } from '../aggregate/sets/acc-json.ts'
import type { Json } from '../base/json.ts'
import { byName } from '../base/own-names.ts'
import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'
import type { OperatorStateRecord } from './operator-state-record.ts'

/** Rows of a task since its first record. */
export type Counts = {
  readonly rows: number
  readonly rejected: number
  /** Messages that the schema's `map` made no row of; absent in records from before there was one. */
  readonly unmapped?: number
  /** Rows of the other sources that a task reads, by source. */
  readonly inputs?: Readonly<Record<string, number>>
  /** Rows that flows made and that could not be written, which are dead letters; absent in records from before those were distinguished. */
  readonly refused?: number
  /** flow → rows that reached its sink. */
  readonly written: Readonly<Record<string, number>>
  /** `<flow>/<operator>` → rows that came too late for at least one window. */
  readonly late: Readonly<Record<string, number>>
}

/** The body of a task's record: the range `[from, to)` and its results. */
export type TaskRecord = {
  readonly from: Json
  readonly to: Json
  /** How far the task's rows are out, in epoch milliseconds: the partition's watermark, or where joins wait, what they have passed; null before its first row. */
  readonly watermark: number | null
  /** The watermark of each partition that a task with several inputs reads, its own included. */
  readonly clocks?: Readonly<Record<string, number>>
  /** Whether the task holds no window back: no rows for `idleTimeout` and none to read, or the end of a bounded run (docs/internals/protocol.md#4.4). */
  readonly idle: boolean
  /** Whether a complete source has ended, which closes all windows (docs/internals/protocol.md#4.5). */
  readonly ended: boolean
  /** How many changes of the flows its writer knew of; absent before the first. */
  readonly changes?: number
  /** Record 0 where a change came before any other: it fences the task, and what the first record does is still to do. */
  readonly isEmpty?: boolean
  /** The reference time for the rows after this record (docs/internals/protocol.md#5.5); absent in records of older releases. */
  readonly reference?: number
  /** What the reader needs beside `to`, if anything. */
  readonly memory?: Json
  readonly partials: WrittenPartials
  /** The dictionaries of the sets among the partials. Absent where there are none, and in records from before sets had a compact form. */
  readonly texts?: readonly Json[]
  readonly schema: { readonly name: string; readonly version: number }
  readonly counts: Counts
  readonly state: OperatorStateRecord
}

/** `<flow>/<operator>` → partials. */
type Partials = Readonly<Record<string, readonly PartialAggregate[]>>

type WrittenPartials = Readonly<Record<string, readonly (Omit<PartialAggregate, 'acc'> & { readonly acc: readonly Json[] })[]>>

/** What the merge folds of a task record. */
export type TaskProgress = Pick<TaskRecord, 'watermark' | 'idle' | 'ended' | 'to'> & { readonly partials: Partials }

/** Returns the part of a task's record that holds these partials. */
export function writePartials(partials: Partials): Pick<TaskRecord, 'partials' | 'texts'> {
  const writer = new AccWriter()
  const written = byName<WrittenPartials[string]>()
  for (const [name, list] of Object.entries(partials)) written[name] = list.map((partial) => ({ ...partial, acc: writer.write(partial.acc) }))
  return { partials: written, ...writer.noted() }
}

/** Reads from a task's record what the merge folds. */
export function readProgress(record: Pick<LogRecord, 'body'>): TaskProgress {
  const { watermark, idle, ended, to, partials, texts } = readTaskRecord(record)
  const read = accReader(texts)
  const all = byName<readonly PartialAggregate[]>()
  for (const [name, list] of Object.entries(partials)) all[name] = list.map((partial) => ({ ...partial, acc: read(partial.acc) }))
  return { watermark, idle, ended, to, partials: all }
}

/** Reads the body of a task's record. */
export function readTaskRecord({ body }: Pick<LogRecord, 'body'>): TaskRecord {
  return body as TaskRecord
}

/** Returns the last record of a task, or null where it has none. */
export async function lastTaskRecord(log: Pick<CommitLog, 'head'>, task: string): Promise<TaskRecord | null> {
  const head = await log.head(task)
  return head && readTaskRecord(head)
}
