import type { Clock } from '../../base/clock.ts'
import type { Json } from '../../base/json.ts'
import { DEAD_LETTERS } from '../../connectors/dead-letter.ts'
import type { Backfill } from '../../records/backfill-record.ts'
import { flowOf } from '../../records/operator-state-record.ts'
import type { TaskContext } from '../../tasks/context.ts'
import { DrainDeadline } from '../../tasks/drain-deadline.ts'
import { LATE } from '../../tasks/writer-specs.ts'
import { isOf } from '../changes/at-rest.ts'
import type { ChangedRecord } from '../changes/change-record.ts'
import { isTold } from '../changes/coverage.ts'
import { onlyFlows } from '../changes/fill.ts'
import type { BackfillSource } from './backfill-source.ts'

/** The options of the pipeline that a backfill has its own of. */
interface Limits {
  readonly time: TaskContext<unknown>['time']
  readonly clock: Clock
  /** In milliseconds. */
  readonly drainTimeout: number
}

interface Filling<T> {
  readonly source: BackfillSource<T>
  readonly backfill: Backfill
  /** Its parts that are not read to their end. */
  readonly open: Backfill['parts']
  /** The backfills that the log knew before it. */
  readonly earlier: readonly Backfill[]
}

/**
 * Returns what the tasks of a backfill share, made from what those of the pipeline share: memory and news are the same, and of the flows those that get
 * it are there alone.
 */
export function backfillContext<T>(
  whole: TaskContext<T>,
  record: ChangedRecord,
  { time, clock, drainTimeout }: Limits,
  { source, backfill, open, earlier }: Filling<T>,
): TaskContext<T> {
  const { flows = record.unnoted } = backfill
  const parts = new Map(open.map((part) => [part.task, part]))
  const task = whole.writers.task.filter(({ flow }) => flow === LATE || flow === DEAD_LETTERS || isOf(flows, flow))
  return {
    ...whole,
    source: source.only(parts.keys()),
    flows: onlyFlows(whole.flows, flows),
    writers: { ...whole.writers, task },
    requirements: new Map([...whole.requirements].filter(([operator]) => flows.includes(flowOf(operator)))),
    partitions: [...parts.keys()],
    // The end of its range closes a task; until then it holds nothing of others back.
    time: { ...time, idleTimeout: Number.POSITIVE_INFINITY },
    drain: new DrainDeadline(clock, drainTimeout),
    statuses: new Map(),
    originOf: source.originOf,
    tells: (name, offset) => !isTold(record, earlier, source.originOf(name), offset),
    startOf: async (name): Promise<Json> => parts.get(name)?.from ?? 0,
    endOf: (name) => parts.get(name)?.to,
  }
}
