import { lastTaskRecord } from '../records/task-record.ts'
import type { TaskContext } from './context.ts'

/** How long a task that is too far ahead waits before it compares again, in milliseconds. */
const PAUSE = 50

type AlignmentContext = Pick<TaskContext<unknown>, 'clock' | 'partitions' | 'statuses'> & {
  readonly time: Pick<TaskContext<unknown>['time'], 'maxDrift'>
  readonly log: Pick<TaskContext<unknown>['log'], 'head'>
}

/** Holds a task back while its watermark is more than `maxDrift` ahead of the slowest one, here or in another process (docs/internals/protocol.md#2.6). */
export class WatermarkAlignment {
  readonly #context: AlignmentContext
  readonly #partition: string
  #minimum = Number.NEGATIVE_INFINITY

  constructor(context: AlignmentContext, partition: string) {
    this.#context = context
    this.#partition = partition
  }

  /** Waits a moment and returns true if the task is too far ahead. */
  async hold(watermark: number, signal: AbortSignal): Promise<boolean> {
    const { time, clock } = this.#context
    const isAhead = () => Number.isFinite(watermark) && watermark - time.maxDrift > this.#minimum
    // The cached minimum can only be too low, except after a partition returns from idle. So a task that is not ahead of it need not read the log.
    if (!isAhead()) return false
    this.#minimum = await this.#slowest()
    if (!isAhead()) return false
    await clock.sleep(PAUSE, signal)
    return true
  }

  /** Returns the least watermark of the other tasks that are not idle: as far as they have read if they run here, else as far as they have committed. */
  async #slowest(): Promise<number> {
    const { partitions, statuses, log } = this.#context
    let min = Number.POSITIVE_INFINITY
    for (const partition of partitions) {
      if (partition === this.#partition) continue
      const status = statuses.get(partition)
      if (status && (status.idle || status.ended)) continue
      const body = await lastTaskRecord(log, partition)
      const committed = body?.watermark ?? Number.NEGATIVE_INFINITY
      const read = status?.watermark ?? Number.NEGATIVE_INFINITY
      if ((body?.idle || body?.ended) && committed >= read) continue
      min = Math.min(min, Math.max(committed, read))
    }
    return min
  }
}
