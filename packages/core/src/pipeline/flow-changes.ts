import { randomId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import { byName } from '../base/own-names.ts'
import type { OutputSpec } from '../commit/writers.ts'
import type { CommitLog, PipelineRecord } from '../connectors/commit-log.ts'
import type { TaskView } from '../merge/entry.ts'
import { MERGE } from '../records/merge-record.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { LATE } from '../tasks/context.ts'
import { checkFingerprint, type Fingerprint } from './fingerprint.ts'

/** What a pipeline may change about the flows of a log that has begun. */
export interface FlowChanges {
  /**
   * `'refuse'` (the default): a flow that the log does not know stops the pipeline. `'current'`: it joins, and gets the rows from where each partition
   * stands; the other flows continue as they are.
   */
  added?: 'refuse' | 'current'
}

/** The pseudo task whose records are the changes of a pipeline's flows. */
const CHANGES = 'changes'

/** The body of such a record: what the flows are from here on. */
interface Change {
  readonly added: readonly string[]
  readonly fingerprint: Fingerprint
  readonly targets: NonNullable<PipelineRecord['targets']>
  readonly remove: PipelineRecord['remove']
  /** Where each task stood: the last record without the new flows. */
  readonly heads: Readonly<Record<string, TaskView>>
  /** The number of the merge's last record; -1 where there was no merge, which then begins at `heads`. */
  readonly merged: number
}

/** A pipeline record with the changes since. */
export interface ChangedRecord extends PipelineRecord {
  /** Where a merge begins that the log had no use for before; null: at the first record of each task. */
  readonly mergeFrom: Readonly<Record<string, TaskView>> | null
  /** Outputs that joined, with where each task stood then. */
  readonly joined: Readonly<Record<string, Change>>
}

/** Returns the pipeline record with all changes that the log holds, and how many they are. */
async function withChanges(log: CommitLog, record: PipelineRecord): Promise<{ readonly record: ChangedRecord; readonly changes: number }> {
  let at: ChangedRecord = { ...record, mergeFrom: null, joined: byName() }
  let changes = 0
  for await (const { body } of log.read(CHANGES, -1)) {
    const change = body as unknown as Change
    changes++
    const joined = byName({ ...at.joined, ...Object.fromEntries(Object.keys(change.targets).map((output) => [output, change])) })
    const mergeFrom = at.mergeFrom ?? (change.merged < 0 ? change.heads : null)
    const fingerprint = change.fingerprint as unknown as Json
    at = { ...at, fingerprint, targets: { ...at.targets, ...change.targets }, remove: { ...at.remove, ...change.remove }, mergeFrom, joined }
  }
  return { record: at, changes }
}

interface ChangeOptions {
  readonly log: CommitLog
  readonly record: PipelineRecord
  readonly fingerprint: Fingerprint
  readonly outputs: readonly OutputSpec[]
  readonly changes: FlowChanges
  readonly tasks: readonly string[]
}

/**
 * Returns what the log holds of the flows, after it has recorded those that join: one numbered record, created if absent, which every process obeys.
 * A process that dies before it has added nothing, and one that dies after it is taken up by the next.
 *
 * @throws `PIPELINE_CHANGED` for any other difference, and for flows that are not to join
 */
export async function joinFlows(options: ChangeOptions): Promise<ChangedRecord> {
  const { log, fingerprint, changes: allowed } = options
  for (;;) {
    const { record, changes } = await withChanges(log, options.record)
    const before = record.fingerprint as unknown as Fingerprint
    const added = Object.keys(fingerprint.flows).filter((flow) => byName(before.flows)[flow] === undefined)
    if (added.length === 0 || allowed.added !== 'current') {
      checkFingerprint(before, fingerprint)
      return record
    }
    const others = Object.fromEntries(Object.entries(fingerprint.flows).filter(([flow]) => !added.includes(flow)))
    checkFingerprint(before, { ...fingerprint, flows: others })
    const flows = { ...before.flows, ...Object.fromEntries(added.map((flow) => [flow, byName(fingerprint.flows)[flow]])) }
    const change = await changeOf(options, record, added, { ...before, flows } as Fingerprint)
    // Where another process was first, its record counts, and this one looks again.
    await log.append(CHANGES, { n: changes, attempt: randomId(), files: {}, body: change as unknown as Json })
  }
}

async function changeOf(
  { log, outputs, tasks }: ChangeOptions,
  { logId }: PipelineRecord,
  added: readonly string[],
  fingerprint: Fingerprint,
): Promise<Change> {
  const targets = byName<string | null>()
  const remove = byName<readonly string[]>()
  for (const { flow, sink } of outputs) {
    if (!added.some((name) => flow === name || flow.startsWith(`${LATE}:${name}/`))) continue
    targets[flow] = sink.target
    const prepared = await sink.prepare?.({ id: logId })
    if (prepared?.takesOver) remove[flow] = prepared.remove
  }
  const heads = byName<TaskView>()
  for (const task of tasks) {
    const head = task === MERGE ? null : await log.head(task)
    if (!head) continue
    const { watermark, idle, ended, to } = head.body as unknown as TaskRecord
    heads[task] = { n: head.n, watermark, idle, ended, to }
  }
  return { added, fingerprint, targets, remove, heads, merged: await log.latest(MERGE) }
}

/** Whether an output may have published: it was there from the start, or a task has committed since it joined. */
export async function mayHavePublished(log: CommitLog, { joined }: ChangedRecord, output: string, tasks: readonly string[]): Promise<boolean> {
  const change = joined[output]
  if (!change) return true
  for (const task of tasks) {
    const before = task === MERGE ? change.merged : (change.heads[task]?.n ?? -1)
    if ((await log.latest(task)) > before) return true
  }
  return false
}
