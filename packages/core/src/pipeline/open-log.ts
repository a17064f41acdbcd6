import type { Clock } from '../base/clock.ts'
import { isTicketsError, TicketsError } from '../base/errors.ts'
import { randomId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import { byName } from '../base/own-names.ts'
import type { WriterSpec } from '../commit/writers.ts'
import type { CommitLog, PipelineRecord } from '../connectors/commit-log.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Source, SourceInfo } from '../connectors/source.ts'
import { lastMergeRecord, MERGE } from '../records/merge-record.ts'
import { isDone, lastEnds } from '../records/run-end.ts'
import { lastTaskRecord } from '../records/task-record.ts'
import { firstReference } from '../tasks/reading.ts'
import type { ChangedRecord, FlowVersions } from './changes/change-record.ts'
import { fenceChange } from './changes/fence.ts'
import type { CheckShared, Unfillable } from './changes/fill.ts'
import type { Fingerprint } from './changes/fingerprint.ts'
import { changeFlows, type FlowChanges, mayHavePublished } from './changes/flow-changes.ts'
import { checkNotBehind, checkPlaces, hasRecords } from './check-targets.ts'

interface OpenLogOptions<T> {
  readonly name: string
  readonly source: Source<T, Json>
  readonly log: CommitLog
  readonly outputs: readonly WriterSpec[]
  readonly fingerprint: Fingerprint
  readonly clock: Clock
  readonly changes?: FlowChanges | undefined
  readonly versions?: FlowVersions
  /** Whether a merge has work with these flows. */
  readonly merges?: boolean
  /** A process that does not run the pipeline's own tasks: it lets no change take effect. */
  readonly isBackfill?: boolean
  /** Flows that a backfill could not fill exactly. */
  readonly unfit?: Unfillable
  readonly checkShared?: CheckShared
}

/**
 * Begins the log or continues the one that exists, and checks source and targets (docs/internals/protocol.md#the-pipeline-record). Any number of processes
 * may repeat it.
 */
export async function openLog<T>(options: OpenLogOptions<T>): Promise<{ record: ChangedRecord; info: SourceInfo<Json> }> {
  const { name, source, log, outputs, fingerprint, clock } = options
  const info = await source.describe()
  await checkPlaces(outputs)
  const standing = await log.pipeline()
  // Every process calls `begin`, which also checks that the log can be used here.
  const begun = await log.begin(
    standing ??
      (await proposed(log, async () => ({ ...(await freshRecord(name, info, outputs, fingerprint)), reference: firstReference(clock.now()) }))),
  )
  if (begun.name !== name)
    throw new TicketsError(
      'PIPELINE_CHANGED',
      `this log belongs to the pipeline "${begun.name}", not to "${name}": give each pipeline a log of its own`,
    )
  for (;;) {
    const record = await takeUp(options, begun, info)
    if (!record.open) return { record, info }
    if (options.isBackfill)
      throw new TicketsError('OPTION_INVALID', 'the flows of this log have changed, and no run has taken that up yet: run the pipeline first')
    // What the source is now: a partition that was added before the change, and is unknown here, would be left out.
    await fenceChange({ log, record, info: await source.describe(), outputs, schema: versionOf(source.schema) }, record.open)
  }
}

const versionOf = ({ name, version }: Source<unknown>['schema']) => ({ name, version })

/** Records how the flows changed, checks log and targets, and begins the sinks. */
async function takeUp<T>(
  { source, log, outputs, fingerprint, changes = {}, versions = {}, merges = false, unfit = {}, checkShared = () => {} }: OpenLogOptions<T>,
  begun: PipelineRecord,
  info: SourceInfo<Json>,
): Promise<ChangedRecord> {
  const tasks = [...new Set([MERGE, ...begun.partitions.map(({ id }) => id), ...info.partitions.map(({ id }) => id)])]
  const record = await changeFlows({ log, record: begun, fingerprint, outputs, changes, versions, tasks, merges, source, info, unfit, checkShared })
  if (source.mayShrink) await checkGone(log, record, info)
  checkTopics(record, info, source.mayShrink)
  if (source.fixed) checkPartitions(record, info)
  await checkOffsets(source, log, info, begun)
  await checkSinks(outputs)
  await checkNotBehind(log, record.logId, outputs, tasks)
  const published = await hasRecords(log, tasks)
  const writing = [...tasks, ...record.fills.flatMap(({ parts }) => parts.map(({ task }) => task))]
  // While a change is open the log may not know all of them yet.
  const known = outputs.filter(({ flow }) => !record.open || !record.targets || Object.hasOwn(record.targets, flow))
  for (const { flow, sink } of known) await openSink(record, flow, sink, published && (await mayHavePublished(log, record, flow, writing)))
  // Check again, since all targets exist now: two names of a folder that did not exist before may be one folder.
  await checkPlaces(outputs)
  return record
}

/** Returns the new pipeline record, or the one that a concurrent process created. */
async function proposed(log: CommitLog, make: () => Promise<PipelineRecord>): Promise<PipelineRecord> {
  try {
    return await make()
  } catch (error) {
    const standing = await log.pipeline()
    if (standing) return standing
    throw error
  }
}

async function openSink({ logId, remove, targets = {} }: PipelineRecord, flow: string, sink: Sink<unknown>, published: boolean): Promise<void> {
  const before = byName(targets)[flow]
  const old = byName(remove)[flow]
  const moved = before !== undefined && before !== sink.target
  if (moved && !sink.begin)
    throw new TicketsError(
      'PIPELINE_CHANGED',
      `the flow "${flow}" wrote to ${before} and now writes to ${sink.target}: put it back, or start over with a new log`,
    )
  await sink.begin?.({ id: logId, takesOver: old !== undefined, remove: old ?? [], moved, published: published && before !== undefined })
}

/** How often offsets are compared while other members continue committing. */
const TRIES = 50

/** Refuses offsets of another log, or beyond this log's records: they would repeat or skip everything (docs/internals/protocol.md#1.3). */
export async function checkOffsets<T>(
  source: Source<T, Json>,
  log: CommitLog,
  info: SourceInfo<Json>,
  { logId, remove }: PipelineRecord,
): Promise<void> {
  if (!source.checkOffsets) return
  for (let before = '', tries = 0; ; tries++) {
    const heads: Record<string, Json | null> = {}
    for (const { id } of info.partitions) heads[id] = (await lastTaskRecord(log, id))?.to ?? null
    try {
      return await source.checkOffsets({ id: logId, fresh: Object.keys(remove).length > 0, heads })
    } catch (error) {
      // Another member may have committed after we read the log and before we read the group. Then the log has moved on.
      const now = JSON.stringify(heads)
      if (!isTicketsError(error, 'OFFSETS_FOREIGN') || now === before || tries === TRIES) throw error
      before = now
    }
  }
}

/** Asks every sink before one of them claims its target, so that a refused start leaves nothing behind. */
async function checkSinks(outputs: readonly WriterSpec[]): Promise<void> {
  for (const { flow, sink, schema } of outputs) await sink.check?.(schema, flow)
}

async function freshRecord(name: string, info: SourceInfo<Json>, outputs: readonly WriterSpec[], fingerprint: Fingerprint): Promise<PipelineRecord> {
  const logId = randomId()
  const remove = byName<readonly string[]>()
  for (const { flow, sink } of outputs) {
    const prepared = await sink.prepare?.({ id: logId })
    if (prepared?.takesOver) remove[flow] = prepared.remove
  }
  await checkSinks(outputs)
  return {
    name,
    logId,
    topics: info.topics,
    partitions: info.partitions.map(({ id, start }) => ({ id, start })),
    fingerprint,
    targets: Object.fromEntries(outputs.map(({ flow, sink }) => [flow, sink.target])),
    remove,
  }
}

/** Refuses a topic that was deleted and created again: it has other messages at our positions. */
function checkTopics(record: PipelineRecord, info: SourceInfo<Json>, mayShrink = false): void {
  for (const { name, id } of record.topics) {
    const now = info.topics.find((topic) => topic.name === name)
    if (!now && mayShrink) continue
    if (!now)
      throw new TicketsError(
        'SOURCE_CHANGED',
        `this log was begun with ${name}, which the source no longer reads: add it again, or start over with a new log`,
      )
    if (id !== null && now.id !== null && id !== now.id) {
      throw new TicketsError(
        'SOURCE_CHANGED',
        `${name} was deleted and created again since this log began: its positions mean other messages now. Start over with a new log`,
      )
    }
  }
}

/** Refuses to run without a partition that was not read to its end. */
async function checkGone(log: CommitLog, record: PipelineRecord, info: SourceInfo<Json>): Promise<void> {
  const joined = (await lastMergeRecord(log))?.joined ?? []
  const gone = [...record.partitions.map(({ id }) => id), ...joined].filter((id) => !info.partitions.some((one) => one.id === id))
  const ends = await lastEnds(log)
  for (const id of gone) {
    const body = await lastTaskRecord(log, id)
    if (isDone(body, ends[id] ?? body?.to)) continue
    throw new TicketsError(
      'SOURCE_MISSING',
      `${id} of this log is gone, and it was not read to its end: put it back until a run has read it, or start over with a new log`,
    )
  }
}

/** Refuses a new partition of a source that declared its partitions fixed: the merge has released windows that the new one would start again. */
function checkPartitions(record: PipelineRecord, info: SourceInfo<Json>): void {
  const added = info.partitions.filter(({ id }) => !record.partitions.some((known) => known.id === id))
  if (added.length === 0) return
  throw new TicketsError(
    'SOURCE_CHANGED',
    `this log was begun with ${record.partitions.map(({ id }) => id).join(', ')} as all there will ever be, and now there is ${added.map(({ id }) => id).join(', ')} too: declare the source open from the start (complete: false), or start over with a new log`,
  )
}
