import { partitionId } from '../client/metadata.ts'
import type { PartitionQueue } from './partition-queue.ts'

/** A partition that has messages, and room for them, and gets none. */
export interface Stall {
  readonly partition: string
  readonly position: number
  readonly end: number
}

export interface WatchdogOptions {
  /** Milliseconds. */
  readonly stallTimeout: number
  readonly queues: () => Iterable<PartitionQueue>
  /** The ends of these partitions by id, asked over a connection of its own. */
  readonly ends: (queues: readonly PartitionQueue[]) => Promise<ReadonlyMap<string, number>>
  /** Replaces the client. Not called again before it settles. */
  readonly onStall: (stalls: readonly Stall[]) => Promise<void>
  /** The broker did not answer the question either: then it is unreachable, which the readers report. */
  readonly onUnanswered: (error: unknown) => void
  readonly now?: () => number
}

interface Seen {
  offset: number
  /** An empty answer is an answer too. */
  answers: number
  since: number
}

/**
 * Finds a client that hangs: nothing comes although the partition's end lies ahead and the queue has room.
 *
 * A connection that swallows everything raises no error by itself, and a quiet topic looks the same; only asking anew tells them apart.
 */
export class Watchdog {
  readonly #o: WatchdogOptions
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  readonly #seen = new WeakMap<PartitionQueue, Seen>()
  #looking: Promise<void> | null = null

  constructor(options: WatchdogOptions) {
    this.#o = options
    this.#now = options.now ?? (() => performance.now())
    this.#timer = setInterval(() => void this.look(), Math.max(10, options.stallTimeout / 4))
    this.#timer.unref()
  }

  /** One look at all partitions; the timer does this four times in `stallTimeout`. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    const now = this.#now()
    const silent = [...this.#o.queues()].filter((queue) => now - this.#since(queue, now) >= this.#o.stallTimeout)
    if (silent.length === 0) return
    const asked = silent.map((queue) => queue.offset)
    try {
      const ends = await this.#o.ends(silent)
      const stalls = silent.flatMap((queue, i): Stall[] => {
        const id = partitionId(queue.topic, queue.partition)
        const end = ends.get(id) ?? 0
        const hangs = queue.offset === asked[i] && queue.room > 0 && end > queue.offset
        return hangs ? [{ partition: id, position: queue.offset, end }] : []
      })
      if (stalls.length > 0) await this.#o.onStall(stalls)
    } catch (error) {
      return this.#o.onUnanswered(error)
    }
    for (const queue of silent) this.#seen.delete(queue)
  }

  /** Since when it has room and stands still. */
  #since(queue: PartitionQueue, now: number): number {
    const seen = this.#seen.get(queue)
    const answers = queue.emptyAnswers?.count ?? 0
    if (seen && seen.offset === queue.offset && seen.answers === answers && queue.room > 0) return seen.since
    this.#seen.set(queue, { offset: queue.offset, answers, since: now })
    return now
  }
}
