import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import { type KeyReader, Keys } from '../groups/keys.ts'
import { checkHeld } from './state-checks.ts'

/** On disk: `[key, start, last]` of each session that changed. */
type SessionStartsSnapshot = readonly (readonly [readonly Json[], number, number])[]

function readSnapshot(json: Json): SessionStartsSnapshot {
  if (Array.isArray(json)) return json as SessionStartsSnapshot
  throw new TicketsError(
    'OPERATOR_STATE',
    'the state of a sessionize is no list: another version wrote it, so run that one, or start over with a new log',
  )
}

/** Remembers the latest session of each key until the watermark shows that no row can continue it. */
export class SessionStarts {
  readonly #keys: Keys
  readonly #gap: number
  readonly #most: number
  readonly #sessions = new Map<number, { start: number; last: number }>()
  readonly #touched = new Set<number>()
  /** What the last search for finished sessions left. The next search is due when that has doubled, so that a row costs the same however many are held. */
  #left = 0

  constructor(by: readonly string[], gap: number, most: number) {
    this.#keys = new Keys(by)
    this.#gap = gap
    this.#most = most
  }

  get held(): number {
    return this.#sessions.size
  }

  reader(batch: Batch<unknown>): KeyReader {
    return this.#keys.reader(batch)
  }

  /** Returns when the session of a row began, in epoch milliseconds, and adds the row to it. */
  startOf(id: number, time: number, watermark: number): number {
    let session = this.#sessions.get(id)
    // A finished session is finished even while it is in memory: else the result would depend on when it is freed.
    if (session && session.last + this.#gap < watermark) session = undefined
    if (session && time < session.start - this.#gap) return time
    if (session && time <= session.last + this.#gap) session.last = Math.max(session.last, time)
    else session = { start: time, last: time }
    this.#sessions.set(id, session)
    this.#touched.add(id)
    return session.start
  }

  /** Forgets sessions that `watermark` has passed. Readers made before it are invalid after it. Throws `STATE_LIMIT`. */
  forget(watermark: number): void {
    if (this.held > 2 * this.#left + 1024 || this.held > this.#most) {
      for (const [id, { last }] of this.#sessions) {
        if (last + this.#gap >= watermark) continue
        this.#sessions.delete(id)
        this.#touched.delete(id)
        this.#keys.release(id)
      }
      this.#left = this.held
    }
    checkHeld('session', this.held, this.#most)
  }

  snapshot(whole: boolean): Json | null {
    const ids = whole ? [...this.#sessions.keys()] : [...this.#touched]
    this.#touched.clear()
    if (!whole && ids.length === 0) return null
    return ids.map((id) => {
      const { start, last } = this.#sessions.get(id) as { start: number; last: number }
      return [this.#keys.values(id), start, last] as const
    }) satisfies SessionStartsSnapshot
  }

  /** Takes a snapshot back. It may bring back a session that was forgotten later, which is finished all the same. */
  restore(json: Json): void {
    for (const [values, start, last] of readSnapshot(json)) this.#sessions.set(this.#keys.intern(values), { start, last })
  }
}
