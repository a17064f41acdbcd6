import { TicketsError } from '../../base/errors.ts'
import { randomId } from '../../base/ids.ts'
import type { Json } from '../../base/json.ts'
import { byName } from '../../base/own-names.ts'
import type { WriterSpec } from '../../commit/writers.ts'
import type { CommitLog, PipelineRecord } from '../../connectors/commit-log.ts'
import type { TaskView } from '../../merge/entry.ts'
import { backfillsOf } from '../../records/backfill-record.ts'
import { lastMergeRecord, MERGE } from '../../records/merge-record.ts'
import { flowOf } from '../../records/operator-state-record.ts'
import { isMerged } from '../../records/run-end.ts'
import { lastTaskRecord, readTaskRecord } from '../../records/task-record.ts'
import { lateOutput } from '../../tasks/writer-specs.ts'
import { checkFingerprint, checkFlow, type Fingerprint, type FlowPrint, hasState, readFingerprint } from './fingerprint.ts'

/** What a pipeline may change about the flows of a log that has begun. */
export interface FlowChanges {
  /**
   * `'refuse'` (the default): a flow that the log does not know stops the pipeline. `'current'`: it joins, and gets the rows from where each partition
   * stands; the other flows continue as they are. The same for one that was dropped and comes back.
   */
  added?: 'refuse' | 'current'
  /**
   * `'refuse'` (the default): a flow with another window, key, aggregate, operator, format or schema stops the pipeline. `'next-version'`: it starts
   * anew from where each partition stands, beside what it wrote before; the other flows continue as they are.
   */
  changed?: 'refuse' | 'next-version'
  /** `'refuse'` (the default): a flow that is gone stops the pipeline. `'remember'`: its target stays its own, and the other flows continue. */
  dropped?: 'refuse' | 'remember'
}

/** Which version of a flow runs. */
export type FlowVersion = {
  /** From 2; a flow without an entry is at its first. */
  readonly version: number
  /** Its sinks write beside those of the versions before, as `Sink.version` says; false where the program names other targets. */
  readonly beside: boolean
}

/** Flow, as the program names it → its version. */
export type FlowVersions = Readonly<Record<string, FlowVersion>>

/** What a flow is called in the log: a version has state, partial aggregates and staged files of its own. */
export const versionedName = (flow: string, version: FlowVersion | undefined): string => (version ? `${flow}.v${version.version}` : flow)

/** The pseudo task whose records are the changes of a pipeline's flows. */
const CHANGES = 'changes'

/** The body of such a record: what the flows are from here on. */
type Change = {
  readonly added: readonly string[]
  /** Flows that run no more; absent in records from before flows could go. */
  readonly gone?: readonly string[]
  readonly versions?: FlowVersions
  /** Whether a merge has work from here on; absent in the same records. */
  readonly merges?: boolean
  readonly fingerprint: Fingerprint
  readonly targets: NonNullable<PipelineRecord['targets']>
  readonly remove: PipelineRecord['remove']
  /** Where each task stood: the last record before the change. */
  readonly heads: Readonly<Record<string, TaskView>>
  /** The number of the merge's last record; -1 where there was no merge, which then begins at `heads`. */
  readonly merged: number
}

/** Reads a change as a record holds it. */
const readChange = (json: Json): Change => json as Change

/** A pipeline record with the changes since. */
export interface ChangedRecord extends PipelineRecord {
  /** Where a merge begins that the log had no use for before; null: at the first record of each task. */
  readonly mergeFrom: Readonly<Record<string, TaskView>> | null
  /** Outputs that joined, with where each task stood then. */
  readonly joined: Readonly<Record<string, Change>>
  /** Flows that run no more, with what they were. */
  readonly gone: Readonly<Record<string, FlowPrint>>
  readonly versions: FlowVersions
}

/** Returns the pipeline record with all changes that the log holds, and how many they are. */
export async function withChanges(log: CommitLog, record: PipelineRecord): Promise<{ readonly record: ChangedRecord; readonly changes: number }> {
  let at: ChangedRecord = { ...record, mergeFrom: null, joined: byName(), gone: byName(), versions: byName() }
  let changes = 0
  let merging = true
  for await (const { body } of log.read(CHANGES, -1)) {
    const change = readChange(body)
    const { added, gone = [], versions = {}, merges = true, fingerprint } = change
    merging &&= change.merged >= 0
    changes++
    const joined = byName({ ...at.joined, ...Object.fromEntries(Object.keys(change.targets).map((output) => [output, change])) })
    const mergeFrom = merging || !merges ? at.mergeFrom : change.heads
    merging = merges
    const before = byName(readFingerprint(at.fingerprint).flows)
    const left = Object.entries({ ...at.gone, ...Object.fromEntries(gone.map((flow) => [flow, before[flow] as FlowPrint])) })
    at = {
      ...at,
      fingerprint,
      targets: { ...at.targets, ...change.targets },
      remove: { ...at.remove, ...change.remove },
      mergeFrom,
      joined,
      gone: byName(Object.fromEntries(left.filter(([flow]) => !added.includes(flow)))),
      versions: byName({ ...at.versions, ...versions }),
    }
  }
  return { record: at, changes }
}

interface ChangeOptions {
  readonly log: CommitLog
  readonly record: PipelineRecord
  readonly fingerprint: Fingerprint
  readonly outputs: readonly WriterSpec[]
  readonly changes: FlowChanges
  readonly versions: FlowVersions
  readonly tasks: readonly string[]
  /** Whether a merge has work with these flows. */
  readonly merges: boolean
}

/**
 * Returns what the log holds of the flows, after it has recorded those that join and those that go: one numbered record, created if absent, which
 * every process obeys. A process that dies before it has changed nothing, and one that dies after it is taken up by the next.
 *
 * @throws `PIPELINE_CHANGED` for any other difference, for changes that are not asked for, and for flows that go before they are at rest
 */
export async function changeFlows(options: ChangeOptions): Promise<ChangedRecord> {
  const { log, fingerprint, changes: allowed } = options
  for (;;) {
    const { record, changes } = await withChanges(log, options.record)
    const before = readFingerprint(record.fingerprint)
    const now = byName(fingerprint.flows)
    const next = nextVersions(record, options)
    const added = Object.keys(now).filter((flow) => byName(before.flows)[flow] === undefined)
    const gone = Object.keys(before.flows).filter((flow) => now[flow] === undefined)
    const joins = added.every((flow) => next.has(flow) || allowed.added === 'current')
    const goes = gone.every((flow) => [...next.values()].includes(flow) || allowed.dropped === 'remember')
    if ((added.length === 0 && gone.length === 0) || !joins || !goes) {
      checkFingerprint(before, fingerprint)
      return record
    }
    const stays = Object.entries(before.flows).filter(([flow]) => !gone.includes(flow))
    checkFingerprint({ ...before, flows: Object.fromEntries(stays) }, { ...fingerprint, flows: without(now, added) })
    for (const flow of added) checkReturn(record, flow, now[flow] as FlowPrint)
    await checkAtRest(options, record, gone)
    const flows = { ...Object.fromEntries(stays), ...Object.fromEntries(added.map((flow) => [flow, now[flow] as FlowPrint])) }
    const change = await changeOf(options, record, { added, gone, fingerprint: { ...before, flows } })
    // Where another process was first, its record counts, and this one looks again.
    await log.append(CHANGES, { n: changes, attempt: randomId(), files: {}, body: change })
  }
}

const without = <V>(flows: Readonly<Record<string, V>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(flows).filter(([flow]) => !names.includes(flow)))

/** The flows that start anew → what they were called before. */
function nextVersions({ versions: known }: ChangedRecord, { changes, versions }: ChangeOptions): Map<string, string> {
  const next = new Map<string, string>()
  if (changes.changed !== 'next-version') return next
  for (const [flow, version] of Object.entries(versions)) {
    const before = byName(known)[flow]
    if (version.version > (before?.version ?? 1)) next.set(versionedName(flow, version), versionedName(flow, before))
  }
  return next
}

/** A flow that comes back continues where its operators remember nothing: what they knew was not kept. */
function checkReturn({ gone }: ChangedRecord, flow: string, now: FlowPrint): void {
  const before = byName(gone)[flow]
  if (!before) return
  checkFlow(flow, before, now)
  if (hasState(before))
    throw new TicketsError(
      'PIPELINE_CHANGED',
      `the flow "${flow}" was dropped, and what its operators remembered was not kept: let it start anew in its next version, with changes: { changed: 'next-version', added: 'current' }`,
    )
}

const isOf = (flows: readonly string[], output: string) => flows.some((flow) => output === flow || output.startsWith(lateOutput(`${flow}/`)))

/** All tasks that the log may have records of: those of partitions that were added and of backfills are in no pipeline record. */
async function allTasks(log: CommitLog, tasks: readonly string[]): Promise<string[]> {
  const parts = (await backfillsOf(log)).flatMap(({ parts }) => parts)
  return [...new Set([...tasks, ...((await lastMergeRecord(log))?.joined ?? []), ...parts.map(({ task }) => task)])]
}

/** A flow goes when all that the log records of it is visible: only a program that has its sink could publish the rest. */
async function checkAtRest({ log, tasks }: ChangeOptions, record: ChangedRecord, gone: readonly string[]): Promise<void> {
  if (gone.length === 0) return
  const refuse = (what: string) => {
    throw new TicketsError(
      'PIPELINE_CHANGED',
      `the flow "${gone.join('", "')}" goes, and ${what}: stop every process, run the program from before the change once more to a clean stop with the same \`changes\`, and then this one`,
    )
  }
  const merge = await lastMergeRecord(log)
  for (const { parts } of await backfillsOf(log))
    for (const { task } of parts) if (!(await lastTaskRecord(log, task))?.ended) refuse('a backfill is not finished')
  const all = await allTasks(log, tasks)
  for (const task of all) {
    const head = await log.head(task)
    if (!head) continue
    if (Object.keys(head.files).some((output) => isOf(gone, output))) refuse(`record ${head.n} of ${task} names files of it`)
    const partials = task === MERGE ? [] : Object.keys(readTaskRecord(head).partials)
    if (!merge && partials.some((name) => gone.includes(flowOf(name)))) refuse(`its windows of ${task} are not shown`)
  }
  const others = all.filter((task) => task !== MERGE)
  const isInUse = merge !== null && gone.some((flow) => hasState(byName(readFingerprint(record.fingerprint).flows)[flow] as FlowPrint))
  if (isInUse && !(await isMerged(log, others, record.mergeFrom))) refuse('the merge has not taken in all records')
}

async function changeOf(
  { log, outputs, tasks, versions, merges }: ChangeOptions,
  { logId, gone: left, targets: known = {} }: ChangedRecord,
  change: Pick<Change, 'added' | 'gone' | 'fingerprint'>,
): Promise<Change> {
  const targets = byName<string | null>()
  const remove = byName<readonly string[]>()
  for (const { flow, sink } of outputs) {
    // What comes back has its target still.
    if (!isOf(change.added, flow) || Object.hasOwn(known, flow)) continue
    const other = Object.entries(known).find(([, target]) => target !== null && target === sink.target)
    if (other && isOf([...Object.keys(left), ...(change.gone ?? [])], other[0]))
      throw new TicketsError(
        'FLOW_TARGET',
        `${sink.target} belongs to the flow "${other[0]}", which this log remembers: give "${flow}" another target`,
      )
    targets[flow] = sink.target
    const prepared = await sink.prepare?.({ id: logId })
    if (prepared?.takesOver) remove[flow] = prepared.remove
  }
  const heads = byName<TaskView>()
  for (const task of await allTasks(log, tasks)) {
    const head = task === MERGE ? null : await log.head(task)
    if (!head) continue
    const { watermark, idle, ended, to } = readTaskRecord(head)
    heads[task] = { n: head.n, watermark, idle, ended, to }
  }
  return { ...change, targets, remove, heads, versions, merges, merged: await log.latest(MERGE) }
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
