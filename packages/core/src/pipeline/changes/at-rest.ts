import { isTicketsError, TicketsError } from '../../base/errors.ts'
import { byName } from '../../base/own-names.ts'
import type { CommitLog } from '../../connectors/commit-log.ts'
import { type Backfill, backfillsOf } from '../../records/backfill-record.ts'
import { lastMergeRecord, MERGE } from '../../records/merge-record.ts'
import { flowOf } from '../../records/operator-state-record.ts'
import { isMerged } from '../../records/run-end.ts'
import { lastTaskRecord, readTaskRecord } from '../../records/task-record.ts'
import { lateOutput } from '../../tasks/writer-specs.ts'
import type { ChangedRecord } from './change-record.ts'
import { hasState, readFingerprint } from './fingerprint.ts'

/** Returns whether an output belongs to one of these flows: its sink, or the sink of its late rows. */
export const isOf = (flows: readonly string[], output: string) => flows.some((flow) => output === flow || output.startsWith(lateOutput(`${flow}/`)))

/**
 * Returns the tasks of partitions that may have records in the log. Partitions that were added are in no pipeline record, so the merge's record
 * names them.
 */
export async function partitionTasks(log: CommitLog, tasks: readonly string[]): Promise<string[]> {
  return [...new Set([...tasks, ...((await lastMergeRecord(log))?.joined ?? [])])].filter((task) => task !== MERGE)
}

/** Returns all backfills of the log: those that were asked for, and those of flows that joined. */
export const allBackfills = async (log: CommitLog, { fills }: Pick<ChangedRecord, 'fills'>): Promise<readonly Backfill[]> => [
  ...(await backfillsOf(log)),
  ...fills,
]

/**
 * Lets flows change while the log holds nothing that only the program from before could finish: a backfill, a flow's files that may not be visible,
 * partial aggregates that no merge has taken in.
 *
 * @param gone flows that go
 * @throws `PIPELINE_CHANGED`
 */
export async function checkAtRest(log: CommitLog, record: ChangedRecord, tasks: readonly string[], gone: readonly string[]): Promise<void> {
  const refuse = (what: string) => {
    const who = gone.length === 0 ? 'the flows of this log change' : `the flow "${gone.join('", "')}" goes`
    throw new TicketsError(
      'PIPELINE_CHANGED',
      `${who}, and ${what}: stop every process, run the program from before the change once more to a clean stop with the same \`changes\`, and then this one`,
    )
  }
  const backfills = await allBackfills(log, record)
  for (const { name, parts } of backfills)
    for (const { task } of parts) if (!(await lastTaskRecord(log, task))?.ended) refuse(`the backfill "${name}" is not finished`)
  const partitions = await partitionTasks(log, tasks)
  const merge = await lastMergeRecord(log)
  // Before its first record a merge has nothing pruned, so that all of them are there to look at.
  if (!merge && record.merges === null)
    for (const task of partitions) if (await hasPartials(log, task, gone)) refuse(`its windows of ${task} are not shown`)
  if (gone.length === 0) return
  const others = [...partitions, ...backfills.flatMap(({ parts }) => parts.map(({ task }) => task))]
  for (const task of [...others, MERGE]) {
    const head = await log.head(task)
    if (head && Object.keys(head.files).some((output) => isOf(gone, output))) refuse(`record ${head.n} of ${task} names files of it`)
  }
  const isInUse =
    merge !== null && record.merges !== false && gone.some((flow) => hasState(byName(readFingerprint(record.fingerprint).flows)[flow] ?? NONE))
  if (isInUse && !(await isMerged(log, others, record.mergeFrom))) refuse('the merge has not taken in all records')
}

const NONE = { operators: [] }

/** Whether a record of a task holds partial aggregates: of one of these flows, or of any where none is named. */
async function hasPartials(log: CommitLog, task: string, flows: readonly string[]): Promise<boolean> {
  try {
    for await (const record of log.read(task, -1)) {
      const names = Object.keys(readTaskRecord(record).partials)
      if (names.some((name) => flows.length === 0 || flows.includes(flowOf(name)))) return true
    }
  } catch (error) {
    // What is pruned was needed by no merge.
    if (!isTicketsError(error, 'LOG_GAP')) throw error
  }
  return false
}
