import type { Progress, TaskStatus } from '../connectors/progress.ts'
import type { MergeState } from '../merge/fold.ts'
import type { TaskContext } from '../tasks/context.ts'

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
    partitions: Object.fromEntries([...context.statuses].map(([name, status]) => [name, { ...status }])),
  }
}

/** Reads the progress of a run again and again; the rate is that since the read before. */
export class ProgressReader {
  readonly #context: Figures
  readonly #merge: () => MergeState | null
  #rows = 0
  #at: number

  /** @param merge returns the state of the merge, where this process runs it */
  constructor(context: Figures, merge: () => MergeState | null) {
    this.#context = context
    this.#merge = merge
    this.#at = context.clock.now()
  }

  read(): Progress {
    const now = this.#context.clock.now()
    const rows = [...this.#context.statuses.values()].reduce((sum, status) => sum + status.rows, 0)
    const rate = now > this.#at ? ((rows - this.#rows) * 1000) / (now - this.#at) : 0
    this.#rows = rows
    this.#at = now
    return progressOf(this.#context, this.#merge(), Math.max(0, rate))
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
