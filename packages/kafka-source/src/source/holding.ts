import { partitionId } from '../client/metadata.ts'

/** How a session comes by its partitions. */
export interface Holding {
  /** A partition has one reader at a time: a later one ends the earlier. */
  readonly isExclusive: boolean
  has(partition: string): boolean
  /** Notes how far a partition is safely read; advisory. */
  commit(topic: string, partition: number, position: number, note: string): void
  close(): Promise<void>
}

/**
 * All partitions of some topics, for a source without a consumer group: those who read them agree on who reads which by other means, so a partition
 * may have any number of readers, and nothing is committed.
 */
export class WholeTopics implements Holding {
  readonly isExclusive = false
  readonly partitions: readonly string[]
  readonly #known: ReadonlySet<string>

  constructor(topics: ReadonlyMap<string, readonly number[]>) {
    this.partitions = [...topics].flatMap(([topic, numbers]) => numbers.map((n) => partitionId(topic, n)))
    this.#known = new Set(this.partitions)
  }

  has(partition: string): boolean {
    return this.#known.has(partition)
  }

  commit(): void {}

  async close(): Promise<void> {}
}
