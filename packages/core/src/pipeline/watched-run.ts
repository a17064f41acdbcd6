import type { MergeStatus, WatchedRun } from '../connectors/telemetry.ts'
import type { MergeState } from '../merge/fold.ts'
import type { TaskContext } from '../tasks/context.ts'
import type { ResolvedOptions } from './options.ts'
import { ProgressReader } from './progress.ts'

/** The run in this process, as far as it is looked at. */
interface Running {
  readonly assigned: readonly string[] | null
  readonly merge: { readonly state: MergeState } | null
}

type WatchedContext = Pick<TaskContext<unknown>, 'name' | 'logId' | 'source' | 'partitions' | 'writers' | 'budget' | 'clock' | 'statuses'>

/** Returns the description of a run for one that watches it. Its state is read whenever that asks. */
export function watchedRun(
  context: WatchedContext,
  run: Running,
  { range }: Pick<ResolvedOptions, 'range'>,
  backfill: string | null = null,
): WatchedRun {
  const { name, logId, source, partitions, writers, budget, clock } = context
  const merge = () => run.merge?.state ?? null
  const progress = new ProgressReader(context, merge)
  return {
    pipeline: name,
    logId,
    backfill,
    source: source.name,
    partitions: [...partitions],
    outputs: writers.all.map(({ flow, sink: { target, format = null } }) => ({
      flow,
      target,
      format,
      inMerge: !writers.task.some((one) => one.flow === flow),
    })),
    rangeTime: range.time,
    state: () => ({
      now: clock.now(),
      assigned: run.assigned,
      progress: progress.read(),
      memory: { held: budget.held, limit: budget.limit },
      merge: statusOf(merge()),
    }),
  }
}

function statusOf(state: MergeState | null): MergeStatus | null {
  return state && { waiting: state.waiting, positions: Object.fromEntries(state.tasks.map((task) => [task, state.position(task)])) }
}
