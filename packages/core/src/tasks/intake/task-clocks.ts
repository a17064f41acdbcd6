import type { Logger } from '../../base/log/logger.ts'
import type { Batch } from '../../batch/batch.ts'
import type { InputPart } from '../../connectors/source.ts'
import { PartitionClock } from '../../time/watermark.ts'

interface InputClock {
  readonly input: string
  readonly partition: string
  readonly clock: PartitionClock
  state: InputPart['state']
}

/** The watermarks of a task as its record holds them: of its own partition, and of each other one that it reads. */
export type ClockRecord = Readonly<Record<string, number>>

/** The watermarks of the partitions that one task reads (docs/internals/protocol.md#9.1). Each moves by its own rows alone. */
export class TaskClocks {
  /** The task's own partition. */
  readonly own: PartitionClock
  readonly #partition: string
  readonly #others: ReadonlyMap<string, InputClock>

  /**
   * @param inputs the other partitions that the task reads → the names of their sources
   * @param saved what the last record holds; -Infinity for a partition that is not in it
   */
  constructor(partition: string, maxOutOfOrderness: number, inputs: ReadonlyMap<string, string>, saved: ClockRecord = {}) {
    const clockOf = (id: string) => new PartitionClock(maxOutOfOrderness, saved[id] ?? Number.NEGATIVE_INFINITY)
    this.#partition = partition
    this.own = clockOf(partition)
    this.#others = new Map([...inputs].map(([id, input]) => [id, { input, partition: id, clock: clockOf(id), state: 'running' }]))
  }

  /** By source, the least watermark of its partitions: Infinity once all have ended. */
  get inputs(): ReadonlyMap<string, number> {
    const least = new Map<string, number>()
    for (const { input, clock, state } of this.#others.values())
      least.set(input, Math.min(least.get(input) ?? Number.POSITIVE_INFINITY, state === 'ended' ? Number.POSITIVE_INFINITY : clock.watermark))
    return least
  }

  /** Returns rows of another partition with the watermark before each, and moves that partition's watermark over them. */
  stampInput({ partition, state, rows }: InputPart, known: Float64Array | undefined, watermark: number): Batch<unknown> {
    const other = this.#others.get(partition)
    if (!other) throw new TypeError(`the task does not read ${partition}`)
    const stamped = other.clock.stamp(rows, known)
    other.clock.advance(watermark)
    other.state = state
    return stamped
  }

  /**
   * Lets idle partitions of other sources follow the task's own, so that they hold nothing back. The record that commits what this gives holds their
   * watermarks, by which rows that come after all are late.
   *
   * @param all whether none of them has anything to read, as at the end of a bounded run
   */
  followOwn(all: boolean): void {
    for (const { clock, state } of this.#others.values()) if (all || state === 'idle') clock.advance(this.own.watermark)
  }

  /** Returns what the next record holds; nothing for a task that reads one partition, whose record holds its watermark anyway. */
  noted(): { readonly clocks?: ClockRecord } {
    if (this.#others.size === 0) return {}
    const all = [[this.#partition, this.own] as const, ...[...this.#others].map(([id, { clock }]) => [id, clock] as const)]
    return { clocks: Object.fromEntries(all.flatMap(([id, { watermark }]) => (Number.isFinite(watermark) ? [[id, watermark] as const] : []))) }
  }

  warnOfJumps(logger: Logger): void {
    this.own.warnOfJump(this.#partition, logger)
    for (const { partition, clock } of this.#others.values()) clock.warnOfJump(partition, logger)
  }
}
