import { TicketsError } from '@tickets/core'

export interface TopicWatchOptions {
  readonly topics: readonly string[]
  /** How long a topic may be away, in milliseconds. */
  readonly retryFor: number
  /** The topics that are there now; rejects when nobody can tell. */
  readonly topicNames: () => Promise<ReadonlySet<string>>
  readonly onGone: (error: TicketsError) => void
}

/** Returns the error for a topic that was deleted while it was read. */
export const topicGone = (topic: string): TicketsError =>
  new TicketsError(
    'SOURCE_MISSING',
    `the topic "${topic}" is not there any more: it was deleted while it was read. Create it again, and start over with a fresh log`,
  )

/**
 * Looks now and then whether the topics are still there. A group whose topic was deleted hands out no partitions, which looks like a quiet
 * topic: nothing fails, and nothing comes.
 */
export class TopicWatch {
  readonly #o: TopicWatchOptions
  readonly #timer: NodeJS.Timeout
  readonly #since = new Map<string, number>()
  #isLooking = false

  constructor(options: TopicWatchOptions) {
    this.#o = options
    this.#timer = setInterval(() => void this.#look(), Math.max(500, Math.min(15_000, options.retryFor / 4)))
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const there = await this.#o.topicNames()
      for (const topic of this.#o.topics) {
        if (there.has(topic)) this.#since.delete(topic)
        else if (!this.#since.has(topic)) this.#since.set(topic, Date.now())
      }
      const gone = [...this.#since].find(([, since]) => Date.now() - since >= this.#o.retryFor)
      if (!gone) return
      this.close()
      this.#o.onGone(topicGone(gone[0]))
    } catch {
      // No broker answers: the readers report that.
    } finally {
      this.#isLooking = false
    }
  }
}
