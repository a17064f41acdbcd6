import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { withRecentRecords } from '../commit/cached-log.ts'
import { MemoryBudget } from '../commit/memory-budget.ts'
import { lastMergeRecord } from '../records/merge-record.ts'
import type { RunEnd } from '../records/run-end.ts'
import type { TaskContext } from '../tasks/context.ts'
import { DrainDeadline } from '../tasks/drain-deadline.ts'
import { RecordNews } from '../tasks/record-news.ts'
import { RunEvents } from '../tasks/run-events.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'
import type { Prepared } from './prepare.ts'

/** Makes the context that tasks and merge share. `ends`: where a bounded run ends. */
export async function makeContext<T>(
  { log, name, changes }: PipelineOptions<T, Json>,
  { time, range, clock, logger, memory, drainTimeout }: ResolvedOptions,
  { flows, source, writers, requirements, record, info }: Prepared<T>,
  ends: RunEnd | null,
): Promise<TaskContext<T>> {
  // Partitions of the pipeline record, then those that joined, then those that the source has by now.
  const joined = (await lastMergeRecord(log))?.joined ?? []
  const known = [...record.partitions.map(({ id }) => id), ...joined, ...info.partitions.map(({ id }) => id)]
  return {
    name,
    logId: record.logId,
    source,
    log: withRecentRecords(log),
    flows,
    writers,
    requirements,
    clock,
    logger,
    budget: new MemoryBudget(memory),
    drain: new DrainDeadline(clock, drainTimeout),
    time,
    range,
    mergeFrom: record.mergeFrom,
    gone: new Set(Object.keys(record.gone)),
    changes: record.changes,
    fills: new Map(record.fills.flatMap(({ parts, flows = [] }) => parts.map(({ task }) => [task, flows] as const))),
    rests: changes?.dropped === 'remember' || changes?.changed === 'next-version',
    reference: record.reference,
    begun: record.partitions.map(({ id }) => id),
    // A partition that disappeared was read to its end, so no process is assigned to it.
    partitions: [...new Set(known)].filter((id) => !source.mayShrink || info.partitions.some((one) => one.id === id)),
    originOf: (task: string) => task,
    inputsOf: (task: string) => source.inputsOf?.(task) ?? new Map(),
    tells: () => true,
    startOf: async (partition: string) => {
      const begun = record.partitions.find(({ id }) => id === partition)
      // A partition that was added later starts at its earliest position (docs/internals/protocol.md#1.2).
      if (begun) return begun.start
      const found = (await source.describe()).partitions.find(({ id }) => id === partition)
      if (!found) throw new TicketsError('SOURCE_CHANGED', `the source has no partition ${partition}`, { retryable: true })
      return found.earliest
    },
    endOf: (partition: string) => ends?.[partition],
    neededFrom: async (task: string) => {
      if (writers.merge.length === 0) return Number.POSITIVE_INFINITY
      return (await lastMergeRecord(log))?.position[task] ?? -1
    },
    news: new RecordNews(),
    events: new RunEvents(),
    reported: new Map(),
    statuses: new Map(),
  }
}
