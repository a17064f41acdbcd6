import type { Clock } from '../base/clock.ts'
import { settlesWithin } from '../base/retry.ts'

/** How long a run may still take to come to rest: everything that is waited for at its end shares this one time. */
export class DrainDeadline {
  readonly #clock: Clock
  readonly #timeout: number
  #began: number | null = null

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock
    this.#timeout = timeout
  }

  /** Waits for `work`, from the first call on no longer than the timeout. False: it was not over in time. */
  async wait(work: Promise<unknown>): Promise<boolean> {
    this.#began ??= this.#clock.now()
    const left = Math.max(0, this.#timeout - (this.#clock.now() - this.#began))
    return settlesWithin(work, left, this.#clock)
  }
}
