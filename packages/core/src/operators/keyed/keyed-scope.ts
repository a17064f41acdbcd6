import { type Duration, millis } from '../../base/duration.ts'
import { TicketsError } from '../../base/errors.ts'
import type { AnyKey, KeyedContext, KeyedDefinition } from './definition.ts'
import type { KeyedStore } from './keyed-store.ts'

/** The last instant that a `Date` can hold. */
const LAST = 8.64e15

/** What one call is about. */
interface Call {
  readonly id: number
  readonly time: number
  readonly isLate: boolean
}

const noCall: Call = { id: -1, time: Number.NaN, isLate: false }

/** The context of all calls of one operator, one after the other. It is of no use between them. */
export class KeyedScope<S, B> implements KeyedContext<AnyKey, S, B> {
  readonly #operator: Pick<KeyedDefinition<S>, 'id' | 'onTimer'>
  readonly #store: KeyedStore<S>
  readonly #keyOf: (id: number) => AnyKey
  readonly #emit: (row: B) => void
  #call: Call = noCall
  #key: AnyKey | null = null

  /** @param keyOf returns the values of a key by the names of its columns */
  constructor(operator: Pick<KeyedDefinition<S>, 'id' | 'onTimer'>, store: KeyedStore<S>, keyOf: (id: number) => AnyKey, emit: (row: B) => void) {
    this.#operator = operator
    this.#store = store
    this.#keyOf = keyOf
    this.#emit = emit
  }

  /** Runs `work` for a key. It may not wait: what it would do later could be in no record. */
  run(id: number, time: number, isLate: boolean, work: () => unknown): void {
    this.#call = { id, time, isLate }
    this.#key = null
    try {
      const result = work()
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function')
        throw new TicketsError(
          'OPERATOR_ASYNC',
          `a function of "${this.#operator.id}" returned a promise, and what it waits for would be in no record: use mapAsync before it`,
        )
    } finally {
      this.#call = noCall
    }
    this.#store.passed(id, time)
  }

  get key(): AnyKey {
    const { id } = this.#current
    this.#key ??= this.#keyOf(id)
    return this.#key
  }

  get time(): number {
    return this.#current.time
  }

  get isLate(): boolean {
    return this.#current.isLate
  }

  get state(): S {
    return this.#store.stateOf(this.#current.id)
  }

  set state(state: S) {
    this.#store.putState(this.#current.id, state)
  }

  // Functions of their own, so that they work when they are taken out of the context: `({ key, emit }) => emit(…)`.
  readonly emit = (row: B): void => {
    if (this.#current) this.#emit(row)
  }

  readonly setTimer = (at: number | Date | { readonly after: Duration }): number => {
    const { id, time } = this.#current
    if (!this.#operator.onTimer) throw new TicketsError('OPTION_INVALID', `"${this.#operator.id}" sets a timer and has no onTimer to take it`)
    const found = timeOf(typeof at === 'object' && 'after' in at ? time + millis(at.after, 'after') : at)
    this.#store.setTimer(id, found)
    return found
  }

  readonly cancelTimer = (at: number | Date): void => {
    this.#store.cancelTimer(this.#current.id, timeOf(at))
  }

  readonly clear = (): void => {
    this.#store.clear(this.#current.id)
  }

  get #current(): Call {
    if (this.#call !== noCall) return this.#call
    throw new TicketsError(
      'OPERATOR_ASYNC',
      `a context of "${this.#operator.id}" was used after its function had returned, when no record could hold what it does`,
    )
  }
}

function timeOf(at: number | Date): number {
  const time = Math.floor(Number(at))
  if (Math.abs(time) <= LAST) return time
  throw new TicketsError(
    'OPTION_INVALID',
    `a timer has a Date or a time in epoch milliseconds, got ${String(at)}; onEnd is called at the end of the source`,
  )
}
