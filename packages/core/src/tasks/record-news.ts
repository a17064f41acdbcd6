import { deferred } from '../base/async.ts'

/** Lets the tasks of a process wake those that wait for new records: the merge, and the run that waits for its end. */
export class RecordNews {
  #next = deferred<void>()

  /** Settles at the next announcement. */
  get next(): Promise<void> {
    return this.#next.promise
  }

  announce(): void {
    this.#next.resolve()
    this.#next = deferred<void>()
  }
}
