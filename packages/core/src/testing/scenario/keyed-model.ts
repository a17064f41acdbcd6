/**
 * What state by key and timers are, in the plainest code that can be right: a list of timers that is searched after every row. It shares nothing
 * with `keyedOperator`, and is there to be compared with it (docs/internals/protocol.md#9.5).
 */
export type ModelAct =
  /** Counts in the state of the key. */
  | { readonly do: 'count' }
  /** Takes the state of the key away. */
  | { readonly do: 'clear' }
  /** Sets a timer this long after the row or timer. */
  | { readonly do: 'set'; readonly after: number }
  /** Takes a timer at this time away. */
  | { readonly do: 'cancel'; readonly at: number }
  /** Lets the next timers of the key set another one each: so many of them, this long after their own time. */
  | { readonly do: 'repeat'; readonly after: number; readonly times: number }
  /** Does not look at the state afterwards. Looking at it makes one. */
  | { readonly do: 'leave' }

export interface ModelRow {
  readonly time: number
  readonly key: string
  /** A filter before the operator drops the row; it moves the watermark all the same. */
  readonly dropped: boolean
  readonly acts: readonly ModelAct[]
}

/** One call of a function of the operator: what it was for, and the count in the state that it left; -1 where it did not look. */
export interface ModelCall {
  readonly key: string
  readonly what: 'row' | 'late' | 'timer' | 'end'
  readonly time: number
  readonly count: number
}

interface State {
  count: number
  after: number
  times: number
}

interface Key {
  state: State | null
  /** The time of the last row or timer. */
  last: number
}

const stateOf = (key: Key): State => (key.state ??= { count: 0, after: 0, times: 0 })

interface Timer {
  readonly key: string
  readonly at: number
  /** When it was set. */
  readonly order: number
}

/** One partition, from its first row on. */
export class KeyedModel {
  readonly calls: ModelCall[] = []
  readonly #delay: number
  readonly #ttl: number
  readonly #isBlind: (time: number) => boolean
  #watermark = Number.NEGATIVE_INFINITY
  #order = 0
  #timers: Timer[] = []
  readonly #keys = new Map<string, Key>()

  /** @param isBlind whether a timer at this time does not look at the state of its key */
  constructor(delay: number, ttl: number, isBlind: (time: number) => boolean = () => false) {
    this.#delay = delay
    this.#ttl = ttl
    this.#isBlind = isBlind
  }

  row({ time, key, dropped, acts }: ModelRow): void {
    if (!dropped) this.#call(key, time < this.#watermark ? 'late' : 'row', time, acts)
    this.watermark(time - this.#delay)
  }

  watermark(to: number): void {
    this.#watermark = Math.max(this.#watermark, to)
    this.#passed()
  }

  end(): void {
    const tooOld = this.#watermark
    this.#watermark = Number.POSITIVE_INFINITY
    this.#fire()
    this.#watermark = tooOld
    for (const key of [...this.#keys.keys()].sort()) {
      const { state, last } = this.#keys.get(key) as Key
      if (state) this.calls.push({ key, what: 'end', time: last, count: state.count })
    }
  }

  #passed(): void {
    this.#fire()
    for (const [name, key] of this.#keys) {
      const isKept = this.#timers.some((timer) => timer.key === name)
      if (key.state && !isKept && this.#watermark > key.last + this.#ttl) Object.assign(key, { state: null, last: Number.NEGATIVE_INFINITY })
    }
  }

  #fire(): void {
    for (;;) {
      const due = this.#timers.filter(({ at }) => this.#watermark > at).sort((a, b) => a.at - b.at || a.order - b.order)
      const [first] = due
      if (!first) return
      this.#timers = this.#timers.filter((timer) => timer !== first)
      this.#call(first.key, 'timer', first.at, this.#isBlind(first.at) ? [{ do: 'leave' }] : this.#again(first.key))
    }
  }

  #again(name: string): ModelAct[] {
    const state = stateOf(this.#keys.get(name) as Key)
    return state.times-- > 0 ? [{ do: 'set', after: state.after }] : []
  }

  #call(name: string, what: ModelCall['what'], time: number, acts: readonly ModelAct[]): void {
    const key = this.#keys.get(name) ?? { state: null, last: Number.NEGATIVE_INFINITY }
    this.#keys.set(name, key)
    for (const act of acts) {
      if (act.do === 'clear') Object.assign(key, { state: null, last: Number.NEGATIVE_INFINITY })
      else if (act.do === 'set') this.#set(name, time + act.after)
      else if (act.do === 'cancel') this.#timers = this.#timers.filter(({ key: other, at }) => other !== name || at !== act.at)
      else if (act.do === 'count') stateOf(key).count++
      else if (act.do === 'repeat') Object.assign(stateOf(key), { after: act.after, times: act.times })
    }
    const count = acts.some((act) => act.do === 'leave') ? -1 : stateOf(key).count
    if (key.state) key.last = Math.max(key.last, time)
    this.calls.push({ key: name, what, time, count })
  }

  #set(key: string, at: number): void {
    if (!this.#timers.some((timer) => timer.key === key && timer.at === at)) this.#timers.push({ key, at, order: this.#order++ })
  }
}
