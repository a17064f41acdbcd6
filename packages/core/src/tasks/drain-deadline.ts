import type { Clock } from '../base/clock.ts'
import { settlesWithin } from '../base/retry.ts'

/** Keeps the deadline of a drain. Everything that a run waits for at its end shares this one deadline. */
export class DrainDeadline {
  readonly #clock: Clock
  readonly #timeout: number
  #began: number | null = null

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.#timeout = timeout
  }

  /** Waits for `work`, but no longer than the timeout, which starts with the first call. Returns whether the work ended in time. */
  async wait(work: Promise<unknown>): Promise<boolean> {
    this.#began ??= this.#clock.now()
    const left = Math.max(0, this.#timeout - (this.#clock.now() - this.#began))
    return settlesWithin(work, left, this.#clock)
  }
}
