import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import { type KeyReader, Keys } from '../groups/keys.ts'
import { checkHeld, snapshotWith } from './state-checks.ts'

/** On disk. */
type TimedKeysSnapshot = {
  /** `[key, time]` of what was added. */
  readonly add: readonly (readonly [readonly Json[], number])[]
  /** Times up to this one are forgotten. */
  readonly until: number | null
}

function readSnapshot(json: Json): TimedKeysSnapshot {
  return snapshotWith(json, 'add') as TimedKeysSnapshot
}

/** Remembers the event times of keys until they are old. A snapshot holds what was added since the last one, and the time up to which all is forgotten. */
export class TimedKeys {
  readonly #keys: Keys
  readonly #most: number
  readonly #times = new Map<number, number[]>()
  #fresh: (readonly [readonly Json[], number])[] = []
  #until = Number.NEGATIVE_INFINITY
  /** The search for old times is due when as many were added as the last search left, so that a row costs the same however many are held. */
  #held = 0
  #left = 0

  constructor(by: readonly string[], most: number) {
    this.#keys = new Keys(by)
    this.#most = most
  }

  get held(): number {
    return this.#held
  }

  reader(batch: Batch<unknown>): KeyReader {
    return this.#keys.reader(batch)
  }

  times(id: number): readonly number[] {
    return this.#times.get(id) ?? []
  }

  add(id: number, time: number): void {
    const times = this.#times.get(id)
    if (times) times.push(time)
    else this.#times.set(id, [time])
    this.#fresh.push([this.#keys.values(id), time])
    this.#held++
  }

  /** Forgets times up to `until`. Readers made before it are invalid after it. Throws `STATE_LIMIT`. */
  forget(until: number): void {
    if (until > this.#until) this.#until = until
    if (this.#held > 2 * this.#left + 1024) this.#sweep()
    if (this.#held > this.#most) this.#sweep()
    checkHeld('key', this.#held, this.#most)
  }

  snapshot(whole: boolean): Json | null {
    if (whole) {
      this.#sweep()
      const all = [...this.#times].flatMap(([id, times]) => times.map((time) => [this.#keys.values(id), time] as const))
      this.#fresh = []
      return { add: all, until: this.#limit } satisfies TimedKeysSnapshot
    }
    if (this.#fresh.length === 0) return null
    const add = this.#fresh.filter(([, time]) => time > this.#until)
    this.#fresh = []
    return { add, until: this.#limit } satisfies TimedKeysSnapshot
  }

  restore(json: Json): void {
    const { add, until } = readSnapshot(json)
    for (const [values, time] of add) this.add(this.#keys.intern(values), time)
    this.#fresh = []
    this.forget(until ?? Number.NEGATIVE_INFINITY)
  }

  get #limit(): number | null {
    return Number.isFinite(this.#until) ? this.#until : null
  }

  #sweep(): void {
    for (const [id, times] of this.#times) {
      const kept = times.filter((time) => time > this.#until)
      this.#held -= times.length - kept.length
      if (kept.length > 0) {
        if (kept.length < times.length) this.#times.set(id, kept)
        continue
      }
      this.#times.delete(id)
      this.#keys.release(id)
    }
    this.#left = this.#held
  }
}
