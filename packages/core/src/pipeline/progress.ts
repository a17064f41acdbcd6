import type { MergeState } from '../merge/fold.ts'
import type { TaskContext, TaskStatus } from '../tasks/context.ts'

/** What `onProgress` reports. */
export interface Progress {
  /** What was read in this run: rows, and messages without a row, which are the rejected and the unmapped ones. */
  readonly rows: number
  readonly rejected: number
  /** Messages that the schema's `map` made no row of. */
  readonly unmapped: number
  /** Rows too late for a window, once for each `windowed`. */
  readonly late: number
  /** Rows a second since the last report. */
  readonly rate: number
  /** The minimum of the watermarks of the partitions that are not idle; null before all have one. */
  readonly watermark: Date | null
  /** Messages (bytes, for a file) not yet read, over all partitions; null when one does not tell. */
  readonly lag: number | null
  /** Ranges committed in this run. */
  readonly ranges: number
  /** What windows wait for, such as `windows wait for tickets-2 (no rows for 40 s)`; null when for nothing in particular. */
  readonly waiting: string | null
  readonly partitions: Readonly<Record<string, Readonly<TaskStatus>>>
}

/** A partition without rows for this long is named in `waiting`, in milliseconds. */
const QUIET = 5_000

/** The source of the figures. */
type Figures = Pick<TaskContext<unknown>, 'clock' | 'statuses'>

/** Sums up the tasks of this process. */
export function progressOf(context: Figures, merge: MergeState | null, rate: number): Progress {
  const all = [...context.statuses.values()]
  const sum = (pick: (status: TaskStatus) => number) => all.reduce((total, status) => total + pick(status), 0)
  const running = all.filter((status) => !status.idle && !status.ended)
  const watermark = running.reduce((min, status) => Math.min(min, status.watermark), Number.POSITIVE_INFINITY)
  return {
    rows: sum((status) => status.rows),
    rejected: sum((status) => status.rejected),
    unmapped: sum((status) => status.unmapped),
    late: sum((status) => status.late),
    rate,
    watermark: Number.isFinite(watermark) ? new Date(watermark) : null,
    lag: all.some((status) => status.lag === null) ? null : sum((status) => status.lag ?? 0),
    ranges: sum((status) => status.ranges),
    waiting: waitingFor(context, merge),
    partitions: Object.fromEntries(context.statuses),
  }
}

function waitingFor(context: Figures, merge: MergeState | null): string | null {
  if (!merge || merge.waiting === 0) return null
  let slowest: { name: string; watermark: number } | null = null
  for (const name of merge.tasks) {
    const view = merge.views.get(name)
    if (view?.idle || view?.ended || merge.isBackfill(name)) continue
    const watermark = view?.watermark ?? Number.NEGATIVE_INFINITY
    if (!slowest || watermark < slowest.watermark) slowest = { name, watermark }
  }
  if (!slowest) return null
  const status = context.statuses.get(slowest.name)
  const quiet = status ? context.clock.now() - status.lastRow : 0
  if (status && quiet < QUIET) return null
  const why = status ? `no rows for ${Math.round(quiet / 1000)} s` : 'it runs in another process'
  return `windows wait for ${slowest.name} (${why})`
}
