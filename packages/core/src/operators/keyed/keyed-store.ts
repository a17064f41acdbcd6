import type { Json } from '../../base/json.ts'
import { checkHeld } from '../../window/engine/state-checks.ts'
import { type HeldState, StatesByKey } from '../../window/engine/states-by-key.ts'
import { copyState } from './state-json.ts'
import { type Timer, TimerQueue } from './timer-queue.ts'

/** What is held of one key. A key without state has timers. */
interface Entry<S> extends HeldState {
  isSet: boolean
  state: S | undefined
  /** The event time of its last row or timer; -Infinity without state. */
  last: number
  /** Its timers by their time; null without any. */
  timers: Map<number, Timer> | null
  /** When to look whether its state is too old; null while it has timers, which keep the state. */
  expiry: Timer | null
}

/** On disk: the state of a key, if it has one, with the time of its last row; and its timers, `[time, order]`. */
type Written = readonly [state: readonly Json[], last: number | null, timers: readonly (readonly [number, number])[]]

/** What a store needs to know of its operator. */
export interface StoreSettings<S> {
  readonly id: string
  readonly by: readonly string[]
  readonly init: () => S
  /** Makes a state of what a record holds, written by this version of the operator. */
  readonly read: (state: Json, version: number) => S
  /** How long after its last row or timer a key keeps its state, in milliseconds; Infinity: always. */
  readonly ttl: number
  /** Whether `lastOf` or `ttl` need the time of a key's last row or timer. */
  readonly keepsLast: boolean
  readonly maxKeys: number
}

/** The states of an operator by key, with their timers (docs/internals/protocol.md#9.5). */
export class KeyedStore<S> extends StatesByKey<Entry<S>, Written> {
  readonly #settings: StoreSettings<S>
  readonly #timers = new TimerQueue()
  readonly #expiries = new TimerQueue()
  /** Keys that may hold nothing any more. A reader may know their numbers until its batch is done. */
  readonly #unheld = new Set<number>()
  #order = 0

  constructor(settings: StoreSettings<S>) {
    super(settings.by)
    this.#settings = settings
  }

  /** The number of timers. */
  get timers(): number {
    return this.#timers.size
  }

  /** Returns the state of a key, a new one where it has none. The caller may change it. */
  stateOf(id: number): S {
    const entry = this.#entry(id)
    if (!entry.isSet) {
      entry.state = this.#settings.init()
      entry.isSet = true
    }
    this.touch(id)
    return entry.state as S
  }

  putState(id: number, state: S): void {
    const entry = this.#entry(id)
    entry.state = state
    entry.isSet = true
    this.touch(id)
  }

  /** Takes the state of a key away. Its timers stay. */
  clear(id: number): void {
    const entry = this.get(id)
    if (!entry?.isSet) return
    // The next state may have an earlier last row, and be too old sooner.
    if (entry.expiry) this.#expiries.remove(entry.expiry)
    Object.assign(entry, { isSet: false, state: undefined, last: Number.NEGATIVE_INFINITY, expiry: null })
    this.touch(id)
  }

  /** Sets a timer. Does nothing where the key has one at this time. */
  setTimer(id: number, at: number): void {
    const entry = this.#entry(id)
    if (entry.timers?.has(at)) return
    this.#addTimer(entry, { id, at, order: this.#order++, place: -1 })
    this.touch(id)
  }

  /** Takes a timer away. Does nothing where the key has none at this time. */
  cancelTimer(id: number, at: number): void {
    const timer = this.get(id)?.timers?.get(at)
    if (timer) this.#take(timer)
  }

  /** Takes the next timer with a time before this one away and returns it: by their times, then in the order in which they were set. */
  dueTimer(before: number): Timer | undefined {
    const timer = this.#timers.first
    if (!timer || timer.at >= before) return undefined
    this.#take(timer)
    return timer
  }

  /** Notes that a row or timer of a key has passed, after what it changed. */
  passed(id: number, time: number): void {
    const entry = this.get(id)
    if (!entry || (!entry.isSet && !entry.timers)) {
      this.#unheld.add(id)
      return
    }
    if (!entry.isSet || !this.#settings.keepsLast) return
    if (time > entry.last) {
      entry.last = time
      this.touch(id)
    }
    this.#watch(id, entry)
  }

  /** Takes away each state with `watermark > last + ttl`, unless its key has timers. Call it when the timers that `watermark` passes have fired. */
  expire(watermark: number): void {
    for (let due = this.#expiries.first; due && due.at < watermark; due = this.#expiries.first) {
      this.#expiries.remove(due)
      const entry = this.get(due.id) as Entry<S>
      entry.expiry = null
      if (!entry.isSet || entry.timers) continue
      if (entry.last + this.#settings.ttl < watermark) {
        this.clear(due.id)
        this.#unheld.add(due.id)
      } else this.#watch(due.id, entry)
    }
  }

  /** Forgets keys that hold nothing. Readers made before it are invalid after it. Throws `STATE_LIMIT`. */
  release(): void {
    for (const id of this.#unheld) {
      const entry = this.get(id)
      if (!entry) this.keys.release(id)
      else if (!entry.isSet && !entry.timers) this.drop(id, entry)
    }
    this.#unheld.clear()
    const remedy = 'clear the state of keys that are done, give it a ttl, or raise maxKeys if the memory is there'
    checkHeld('key', this.size, this.#settings.maxKeys, remedy)
    checkHeld('timer', this.timers, this.#settings.maxKeys, remedy)
  }

  /** Returns the keys with a state, in the order of their values. */
  idsWithState(): number[] {
    return this.keys.ordered([...this.entries()].flatMap(([id, { isSet }]) => (isSet ? [id] : [])))
  }

  /** Returns the event time of the last row or timer of a key with a state. */
  lastOf(id: number): number {
    return this.get(id)?.last ?? Number.NEGATIVE_INFINITY
  }

  /** Forgets everything, without a word to the next snapshot. Readers made before it are invalid after it. */
  reset(): void {
    for (const id of [...this.entries()].map(([held]) => held)) {
      this.forget(id)
      this.keys.release(id)
    }
    this.#unheld.clear()
  }

  /** Returns what changed since the last snapshot, as a copy. Throws `OPERATOR_STATE` for a state that is not JSON. */
  cut(whole: boolean) {
    const copy = (id: number, state: unknown) => copyState(state, `"${this.#settings.id}" for the key ${JSON.stringify(this.keys.values(id))}`)
    return this.snapshot(whole, ({ isSet, state, last, timers }, id) => [
      isSet ? [copy(id, state)] : [],
      Number.isFinite(last) ? last : null,
      [...(timers?.values() ?? [])].map(({ at, order }) => [at, order] as const),
    ])
  }

  /** Takes a snapshot back that this version of the operator wrote. */
  takeBack(json: Json, version: number): void {
    this.restore(json, (id, states, last, timers) => {
      this.forget(id)
      const entry: Entry<S> = { ...fresh<S>(), saved: true, last: last ?? Number.NEGATIVE_INFINITY }
      for (const written of states) Object.assign(entry, { isSet: true, state: this.#settings.read(copyState(written, this.#settings.id), version) })
      this.set(id, entry)
      for (const [at, order] of timers) {
        this.#addTimer(entry, { id, at, order, place: -1 })
        this.#order = Math.max(this.#order, order + 1)
      }
      if (entry.isSet) this.#watch(id, entry)
    })
  }

  override forget(id: number): void {
    const entry = this.get(id)
    for (const timer of entry?.timers?.values() ?? []) this.#timers.remove(timer)
    if (entry?.expiry) this.#expiries.remove(entry.expiry)
    super.forget(id)
  }

  #entry(id: number): Entry<S> {
    let entry = this.get(id)
    if (!entry) {
      entry = fresh<S>()
      this.set(id, entry)
    }
    return entry
  }

  #addTimer(entry: Entry<S>, timer: Timer): void {
    entry.timers ??= new Map()
    entry.timers.set(timer.at, timer)
    this.#timers.add(timer)
  }

  #take(timer: Timer): void {
    const entry = this.get(timer.id) as Entry<S>
    this.#timers.remove(timer)
    entry.timers?.delete(timer.at)
    if (entry.timers?.size === 0) entry.timers = null
    this.touch(timer.id)
  }

  /** Makes `expire` look at a key. It is asked once for each `ttl`, however many rows pass. */
  #watch(id: number, entry: Entry<S>): void {
    if (entry.expiry || entry.timers || this.#settings.ttl === Number.POSITIVE_INFINITY) return
    entry.expiry = { id, at: entry.last + this.#settings.ttl, order: 0, place: -1 }
    this.#expiries.add(entry.expiry)
  }
}

const fresh = <S>(): Entry<S> => ({ saved: false, isSet: false, state: undefined, last: Number.NEGATIVE_INFINITY, timers: null, expiry: null })
