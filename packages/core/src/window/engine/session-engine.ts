import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Interval } from './interval.ts'
import { byEnd, type KeyedRow, KeyedStates, type KeyState } from './keyed-states.ts'
import type { Late } from './late.ts'
import type { ClosedWindow, UnalignedEngine, UnalignedSettings } from './window.ts'

/** Rows of a key of which each is at most `gap` from the next. */
interface Session {
  readonly start: number
  /** The time of its last row. */
  readonly last: number
  readonly rows: number
  readonly accs: unknown[]
}

/** On disk: a key's sessions as `[start, last, rows, accumulators]`. */
type Written = readonly [sessions: readonly (readonly [number, number, number, readonly Json[]])[]]

/**
 * Keeps the sessions of each key: rows at most `gap` apart. A session closes when `W > last + gap + grace`
 * (docs/internals/protocol.md#5.3): with `>=`, the order of arrival would decide whether a row exactly `gap` after the last one still finds it
 * open. A later row next to a closed session opens another.
 */
export class SessionEngine implements UnalignedEngine {
  readonly #gap: number
  readonly #grace: number
  /** Each key's sessions by their last row. */
  readonly #states: KeyedStates<Session, KeyState<Session>, Written>
  /** No session closes before this. */
  #earliest = Number.POSITIVE_INFINITY

  constructor(gap: number, grace: number, settings: UnalignedSettings) {
    this.#gap = gap
    this.#grace = grace
    this.#states = new KeyedStates('session', settings)
  }

  get held(): number {
    return this.#states.held
  }

  add(batch: Batch<unknown>): Late[] {
    return this.#states.add(batch, (row) => this.#take(row))
  }

  close(watermark: number): ClosedWindow[] {
    if (!(watermark > this.#earliest)) return []
    const closed: ClosedWindow[] = []
    this.#earliest = Number.POSITIVE_INFINITY
    for (const [id, state] of this.#states.entries()) {
      const before = closed.length
      state.items = state.items.filter(({ start, last, rows, accs }) => {
        const closesAfter = this.#closeTime(last)
        if (closesAfter >= watermark) {
          this.#earliest = Math.min(this.#earliest, closesAfter)
          return true
        }
        closed.push({ interval: { start, end: last + this.#gap }, values: this.#states.keys.values(id), rows, accs })
        return false
      })
      if (closed.length > before) this.#states.touch(id)
      if (state.items.length === 0) this.#states.drop(id, state)
    }
    this.#states.held -= closed.length
    return closed.sort(byEnd)
  }

  snapshot(whole: boolean): Json | null {
    const { accumulators } = this.#states
    return this.#states.snapshot(whole, ({ items }) => [
      items.map(({ start, last, rows, accs }) => [start, last, rows, accumulators.toJson(accs)] as const),
    ])
  }

  restore(snapshot: Json): void {
    this.#states.restore(snapshot, (id, written) => {
      const items = written.map(([start, last, rows, accs]) => ({ start, last, rows, accs: this.#states.accumulators.fromJson(accs) }))
      this.#states.forget(id)
      this.#states.set(id, { items, saved: true })
      this.#states.held += items.length
      for (const { last } of items) this.#earliest = Math.min(this.#earliest, this.#closeTime(last))
    })
  }

  #take({ id, time, watermark, put }: KeyedRow): Interval | undefined {
    const sessions = this.#states.get(id)?.items ?? []
    const joined = this.#around(sessions, time, watermark)
    // A row that joins no open session is a session of its own, and late when that one is closed already.
    if (joined.length === 0 && this.#closeTime(time) < watermark) return { start: time, end: time + this.#gap }
    put(this.#join(id, sessions, joined, time))
    return undefined
  }

  /** Returns the watermark up to which a session stays open. */
  #closeTime(last: number): number {
    return last + this.#gap + this.#grace
  }

  /** Returns the open sessions that a row at `t` joins. */
  #around(sessions: readonly Session[], t: number, watermark: number): Session[] {
    const joined: Session[] = []
    for (let s = sessions.length - 1; s >= 0; s--) {
      const session = sessions[s] as Session
      if (session.last + this.#gap < t) break
      if (t >= session.start - this.#gap && this.#closeTime(session.last) >= watermark) joined.unshift(session)
    }
    return joined
  }

  /** Makes one session of those joined and the time `t`, and returns its accumulators. */
  #join(id: number, sessions: readonly Session[], joined: readonly Session[], t: number): unknown[] {
    let [start, last, rows, accs] = [t, t, 1, null as unknown[] | null]
    for (const session of joined) {
      start = Math.min(start, session.start)
      last = Math.max(last, session.last)
      rows += session.rows
      accs = accs ? this.#states.accumulators.merge(accs, session.accs) : session.accs
    }
    const made: Session = { start, last, rows, accs: accs ?? this.#states.accumulators.init() }
    const items = sessions.filter((session) => !joined.includes(session))
    let at = items.length
    while (at > 0 && (items[at - 1] as Session).last > last) at--
    items.splice(at, 0, made)
    this.#states.set(id, { items, saved: this.#states.get(id)?.saved ?? false })
    this.#states.touch(id)
    this.#states.held += 1 - joined.length
    this.#earliest = Math.min(this.#earliest, this.#closeTime(last))
    return made.accs
  }
}
