import type { Clock } from '../../base/clock.ts'
import type { Limit } from '../../connectors/source.ts'

/** Waiting for this many milliseconds' worth makes batches of a size that pays, and is too short to notice. */
const QUANTUM = 50
/** After a pause no more than this is made up for, or backpressure would be answered with a flood. */
const MAKE_UP = 1000

/** Lets out so many tickets a second. The only place where the generator looks at a clock. */
export class Pace {
  readonly #rate: number
  readonly #clock: Clock
  #last: number | null = null
  #due = 0

  /** @param rate tickets a second */
  constructor(rate: number, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
  }

  /** How many whole tickets are due now. */
  get due(): number {
    const now = this.#clock.now()
    const since = Math.max(0, now - (this.#last ?? now))
    this.#last = now
    this.#due = Math.min(this.#due + (since * this.#rate) / 1000, Math.max(1, (this.#rate * MAKE_UP) / 1000))
    return Math.floor(this.#due)
  }

  /** Settles with what is due once it is worth a batch, after `ms`, or when the signal aborts. */
  async wait({ ms, rows, signal }: Limit): Promise<number> {
    const worth = Math.min(rows, Math.max(1, Math.floor((this.#rate * QUANTUM) / 1000)))
    if (this.due < worth && !signal.aborted) await this.#clock.sleep(Math.min(ms, Math.ceil(((worth - this.#due) * 1000) / this.#rate)), signal)
    return this.due
  }

  take(tickets: number): void {
    this.#due -= tickets
  }
}
