import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { withRecentRecords } from '../commit/cached-log.ts'
import { MemoryBudget } from '../commit/memory-budget.ts'
import type { Source, SourceInfo } from '../connectors/source.ts'
import { lastMergeRecord } from '../records/merge-record.ts'
import type { RunEnd } from '../records/run-end.ts'
import type { TaskContext } from '../tasks/context.ts'
import { DrainDeadline } from '../tasks/drain-deadline.ts'
import type { ChangedRecord } from './flow-changes.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'

/** Partitions of the record, then those that joined later, then those that the source has by now. */
export async function makeContext<T>(
  options: PipelineOptions<T, Json>,
  resolved: ResolvedOptions,
  record: ChangedRecord,
  info: SourceInfo<Json>,
  ends: RunEnd | null,
  merges: boolean,
): Promise<TaskContext<T> & { notify: () => void }> {
  const { source, log } = options
  const merged = await lastMergeRecord(log)
  const known = [...record.partitions.map(({ id }) => id), ...(merged?.joined ?? []), ...info.partitions.map(({ id }) => id)]
  const runtime = {
    name: options.name,
    logId: record.logId,
    source: source as Source<T, Json>,
    log: withRecentRecords(log),
    flows: options.flows,
    deadLetters: options.deadLetters,
    late: options.late,
    clock: resolved.clock,
    logger: resolved.logger,
    budget: new MemoryBudget(resolved.memory),
    drain: new DrainDeadline(resolved.clock, resolved.drainTimeout),
    time: resolved.time,
    range: resolved.range,
    mergeFrom: record.mergeFrom,
    gone: new Set(Object.keys(record.gone)),
    rests: options.changes?.dropped === 'remember' || options.changes?.changed === 'next-version',
    reference: record.reference,
    begun: record.partitions.map(({ id }) => id),
    // What is gone was read to its end, and no process is assigned it.
    partitions: [...new Set(known)].filter((id) => !source.mayShrink || info.partitions.some((one) => one.id === id)),
    originOf: (task: string) => task,
    startOf: async (partition: string) => {
      const begun = record.partitions.find(({ id }) => id === partition)
      // Protocol 1.2: what was added later starts at its earliest position.
      if (begun) return begun.start
      const found = (await source.describe()).partitions.find(({ id }) => id === partition)
      if (!found) throw new TicketsError('SOURCE_CHANGED', `the source has no partition ${partition}`, { retryable: true })
      return found.earliest
    },
    endOf: (partition: string) => ends?.[partition],
    neededFrom: async (task: string) => {
      if (!merges) return Number.POSITIVE_INFINITY
      return (await lastMergeRecord(log))?.position[task] ?? -1
    },
    notify: () => {},
    committed: () => runtime.notify(),
    statuses: new Map(),
  }
  return runtime
}
