import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Accumulators } from './accumulators.ts'
import { type KeyedRow, takeRows } from './keyed-rows.ts'
import { Keys } from './keys.ts'
import type { Late } from './late.ts'
import { checkHeld } from './state-limit.ts'
import { byEnd, type Closed, type UnalignedEngine } from './unaligned-engine.ts'
import type { Interval, LocalSettings } from './window.ts'

interface Session {
  readonly start: number
  readonly last: number
  readonly rows: number
  readonly accs: unknown[]
}

/** A key's sessions by their last row; `saved`: it stands in a cut, which the next one has to take back. */
interface KeyState {
  sessions: Session[]
  saved: boolean
}

type SessionCut = readonly [number, number, number, readonly Json[]]
interface SessionSnapshot {
  readonly set: readonly (readonly [readonly Json[], readonly SessionCut[]])[]
  readonly drop: readonly (readonly Json[])[]
}

/**
 * Sessions of a key: rows at most `gap` apart. One closes when `W > last + gap + grace` (protocol 5.3); with `>=` a row exactly `gap`
 * after the last would find it open or closed by the order of arrival. Closed is closed: a later row next to it opens another.
 */
export class SessionEngine implements UnalignedEngine {
  readonly #gap: number
  readonly #grace: number
  readonly #accumulators: Accumulators
  readonly #maxKeys: number
  readonly #keys: Keys
  readonly #states = new Map<number, KeyState>()
  readonly #touched = new Set<number>()
  #dropped: (readonly Json[])[] = []
  /** No session closes before this. */
  #earliest = Number.POSITIVE_INFINITY
  #held = 0

  constructor(gap: number, grace: number, { by, accumulators, maxKeys }: LocalSettings) {
    this.#gap = gap
    this.#grace = grace
    this.#accumulators = accumulators
    this.#maxKeys = maxKeys
    this.#keys = new Keys(by)
  }

  get held(): number {
    return this.#held
  }

  add(batch: Batch<unknown>): Late[] {
    const late = takeRows(batch, {
      keys: this.#keys,
      accumulators: this.#accumulators,
      holds: (id) => this.#states.has(id),
      take: (row) => this.#take(row),
    })
    checkHeld('session', this.#held, this.#maxKeys)
    return late
  }

  close(watermark: number): Closed[] {
    if (!(watermark > this.#earliest)) return []
    const closed: Closed[] = []
    this.#earliest = Number.POSITIVE_INFINITY
    for (const [id, state] of this.#states) {
      const before = closed.length
      state.sessions = state.sessions.filter(({ start, last, rows, accs }) => {
        const due = this.#dueOf(last)
        if (due >= watermark) {
          this.#earliest = Math.min(this.#earliest, due)
          return true
        }
        closed.push({ interval: { start, end: last + this.#gap }, values: this.#keys.values(id), rows, accs })
        return false
      })
      if (closed.length > before) this.#touched.add(id)
      if (state.sessions.length === 0) this.#drop(id, state)
    }
    this.#held -= closed.length
    return closed.sort(byEnd)
  }

  snapshot(whole: boolean): Json | null {
    const set = [...(whole ? this.#states.keys() : this.#touched)].map((id) => {
      const state = this.#states.get(id) as KeyState
      state.saved = true
      const sessions = state.sessions.map(({ start, last, rows, accs }) => [start, last, rows, this.#accumulators.toJson(accs)] as const)
      return [this.#keys.values(id), sessions] as const
    })
    const drop = whole ? [] : this.#dropped
    this.#touched.clear()
    this.#dropped = []
    if (!whole && set.length === 0 && drop.length === 0) return null
    return { drop, set } satisfies SessionSnapshot as unknown as Json
  }

  restore(json: Json): void {
    const { set, drop } = json as unknown as SessionSnapshot
    const release = (values: readonly Json[]) => {
      const id = this.#keys.intern(values)
      this.#held -= this.#states.get(id)?.sessions.length ?? 0
      this.#states.delete(id)
      return id
    }
    for (const values of drop) this.#keys.release(release(values))
    for (const [values, cuts] of set) {
      const sessions = cuts.map(([start, last, rows, accs]) => ({ start, last, rows, accs: this.#accumulators.fromJson(accs) }))
      this.#states.set(release(values), { sessions, saved: true })
      this.#held += sessions.length
      for (const { last } of sessions) this.#earliest = Math.min(this.#earliest, this.#dueOf(last))
    }
  }

  #take({ id, time, watermark, put }: KeyedRow): Interval | undefined {
    const sessions = this.#states.get(id)?.sessions ?? []
    const joined = this.#around(sessions, time, watermark)
    // What joins an open session is in it; else the row would be a session of its own, which may be closed already.
    if (joined.length === 0 && this.#dueOf(time) < watermark) return { start: time, end: time + this.#gap }
    put(this.#join(id, sessions, joined, time))
    return undefined
  }

  #dueOf(last: number): number {
    return last + this.#gap + this.#grace
  }

  /** The open sessions that a row at `t` joins. */
  #around(sessions: readonly Session[], t: number, watermark: number): Session[] {
    const joined: Session[] = []
    for (let s = sessions.length - 1; s >= 0; s--) {
      const session = sessions[s] as Session
      if (session.last + this.#gap < t) break
      if (t >= session.start - this.#gap && this.#dueOf(session.last) >= watermark) joined.unshift(session)
    }
    return joined
  }

  /** One session out of those joined and the time `t`; returns its accumulators. */
  #join(id: number, sessions: readonly Session[], joined: readonly Session[], t: number): unknown[] {
    let [start, last, rows, accs] = [t, t, 1, null as unknown[] | null]
    for (const session of joined) {
      start = Math.min(start, session.start)
      last = Math.max(last, session.last)
      rows += session.rows
      accs = accs ? this.#accumulators.merge(accs, session.accs) : session.accs
    }
    const made: Session = { start, last, rows, accs: accs ?? this.#accumulators.init() }
    const others = sessions.filter((session) => !joined.includes(session))
    let at = others.length
    while (at > 0 && (others[at - 1] as Session).last > last) at--
    others.splice(at, 0, made)
    this.#states.set(id, { sessions: others, saved: this.#states.get(id)?.saved ?? false })
    this.#touched.add(id)
    this.#held += 1 - joined.length
    this.#earliest = Math.min(this.#earliest, this.#dueOf(last))
    return made.accs
  }

  #drop(id: number, { saved }: KeyState): void {
    if (saved) this.#dropped.push(this.#keys.values(id))
    this.#states.delete(id)
    this.#touched.delete(id)
    this.#keys.release(id)
  }
}
