import { TicketsError } from '../../base/errors.ts'
import { randomId } from '../../base/ids.ts'
import type { Json } from '../../base/json.ts'
import { byName } from '../../base/own-names.ts'
import type { WriterSpec } from '../../commit/writers.ts'
import type { CommitLog, PipelineRecord } from '../../connectors/commit-log.ts'
import type { Source, SourceInfo } from '../../connectors/source.ts'
import type { TaskView } from '../../merge/entry.ts'
import { CHANGES } from '../../records/change-count.ts'
import { MERGE } from '../../records/merge-record.ts'
import { readTaskRecord } from '../../records/task-record.ts'
import { allBackfills, checkAtRest, isOf, partitionTasks } from './at-rest.ts'
import { type Change, type ChangedRecord, type FlowVersions, versionedName, withChanges } from './change-record.ts'
import { type CheckShared, checkFillable, type Unfillable } from './fill.ts'
import { checkFingerprint, checkFlow, type Fingerprint, type FlowPrint, hasState, readFingerprint } from './fingerprint.ts'

/** What a pipeline may change about the flows of a log that has begun. */
export interface FlowChanges {
  /**
   * `'refuse'` (the default): a flow that the log does not know stops the pipeline. `'current'`: it joins, and gets the rows from where each partition
   * stands; the other flows continue as they are. The same for one that was dropped and comes back. `'backfill'`: it joins like that, and the run reads
   * what lies before for it alone, from the beginning of the source, beside the others; its windows wait for that.
   */
  added?: 'refuse' | 'current' | 'backfill'
  /**
   * `'refuse'` (the default): a flow with another window, key, aggregate, operator, format or schema stops the pipeline. `'next-version'`: it starts
   * anew from where each partition stands, beside what it wrote before; the other flows continue as they are.
   */
  changed?: 'refuse' | 'next-version'
  /** `'refuse'` (the default): a flow that is gone stops the pipeline. `'remember'`: its target stays its own, and the other flows continue. */
  dropped?: 'refuse' | 'remember'
}

interface ChangeOptions {
  readonly log: CommitLog
  readonly record: PipelineRecord
  readonly fingerprint: Fingerprint
  readonly outputs: readonly WriterSpec[]
  readonly changes: FlowChanges
  readonly source: Pick<Source<unknown, Json>, 'name' | 'backfill'>
  readonly info: SourceInfo<Json>
  readonly unfit: Unfillable
  readonly checkShared: CheckShared
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
    const record = await withChanges(log, options.record)
    const before = readFingerprint(record.fingerprint)
    const now = byName(fingerprint.flows)
    const next = nextVersions(record, options)
    const added = Object.keys(now).filter((flow) => byName(before.flows)[flow] === undefined)
    const gone = Object.keys(before.flows).filter((flow) => now[flow] === undefined)
    const joins = added.every((flow) => next.has(flow) || allowed.added === 'current' || allowed.added === 'backfill')
    const goes = gone.every((flow) => [...next.values()].includes(flow) || allowed.dropped === 'remember')
    if ((added.length === 0 && gone.length === 0) || !joins || !goes) {
      checkFingerprint(before, fingerprint)
      return record
    }
    const stays = Object.entries(before.flows).filter(([flow]) => !gone.includes(flow))
    checkFingerprint({ ...before, flows: Object.fromEntries(stays) }, { ...fingerprint, flows: without(now, added) })
    for (const flow of added) checkReturn(record, flow, now[flow] as FlowPrint)
    const filled = allowed.added === 'backfill' ? added.filter((flow) => !next.has(flow)) : []
    for (const flow of filled) checkFill(options, record, flow)
    if (filled.length > 0) options.checkShared(filled)
    // One change at a time: the one before takes effect first.
    if (record.open) return record
    await checkAtRest(log, record, options.tasks, gone)
    const flows = { ...Object.fromEntries(stays), ...Object.fromEntries(added.map((flow) => [flow, now[flow] as FlowPrint])) }
    const change = await changeOf(options, record, { added, filled, gone, fingerprint: { ...before, flows } })
    // Where another process was first, its record counts, and this one looks again.
    await log.append(CHANGES, { n: record.changes, attempt: randomId(), files: {}, body: change })
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

/** What was dropped and comes back has rows of its own already. */
function checkFill({ unfit, source, info }: ChangeOptions, { gone }: ChangedRecord, flow: string): void {
  checkFillable(flow, unfit, source, info)
  if (byName(gone)[flow])
    throw new TicketsError(
      'OPTION_INVALID',
      `the flow "${flow}" was dropped and has the rows from before that: let it come back with changes: { added: 'current' }, and fill what it missed with backfill({ name, from, until, flows: ['${flow}'] })`,
    )
}

async function changeOf(
  { log, outputs, tasks, versions, merges }: ChangeOptions,
  record: ChangedRecord,
  change: Pick<Change, 'added' | 'filled' | 'gone' | 'fingerprint'>,
): Promise<Change> {
  const { logId, gone: left, targets: known = {} } = record
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
  const parts = (await allBackfills(log, record)).flatMap((one) => one.parts.map(({ task }) => task))
  for (const task of [...(await partitionTasks(log, tasks)), ...parts]) {
    const head = await log.head(task)
    if (!head) continue
    const { watermark, idle, ended, to } = readTaskRecord(head)
    heads[task] = { n: head.n, watermark, idle, ended, to }
  }
  return { ...change, targets, remove, heads, versions, merges, merged: await log.latest(MERGE), isFenced: true }
}

/** Returns whether an output may have published: it was there from the start, or a task has committed since it joined. */
export async function mayHavePublished(log: CommitLog, { joined }: ChangedRecord, output: string, tasks: readonly string[]): Promise<boolean> {
  const change = joined[output]
  if (!change) return true
  for (const task of tasks) {
    const before = task === MERGE ? change.merged : (change.heads[task]?.n ?? -1)
    if ((await log.latest(task)) > before) return true
  }
  return false
}
