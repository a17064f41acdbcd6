/** One timer of a key. */
export interface Timer {
  /** The key's number. */
  readonly id: number
  /** When it fires, in epoch milliseconds. */
  readonly at: number
  /** When it was set: of two timers at one time, the one with the lower number fires first. */
  readonly order: number
  /** Where it lies in its queue, which keeps this up to date; -1 outside of one. */
  place: number
}

const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Keeps timers in the order in which they fire. A heap in which each timer knows its place, so that one costs log n to add and to take out. */
export class TimerQueue {
  readonly #heap: Timer[] = []

  get size(): number {
    return this.#heap.length
  }

  /** The timer that fires next. */
  get first(): Timer | undefined {
    return this.#heap[0]
  }

  add(timer: Timer): void {
    this.#rise(timer, this.#heap.length)
  }

  /** Takes a timer out. Does nothing where the queue has it not. */
  remove(timer: Timer): void {
    const { place } = timer
    if (this.#heap[place] !== timer) return
    timer.place = -1
    const last = this.#heap.pop() as Timer
    if (last === timer) return
    const parent = this.#heap[(place - 1) >> 1]
    if (place > 0 && parent && isBefore(last, parent)) this.#rise(last, place)
    else this.#sink(last, place)
  }

  #put(timer: Timer, place: number): void {
    this.#heap[place] = timer
    timer.place = place
  }

  #rise(timer: Timer, from: number): void {
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = this.#heap[above] as Timer
      if (!isBefore(timer, parent)) break
      this.#put(parent, place)
      place = above
    }
    this.#put(timer, place)
  }

  #sink(timer: Timer, from: number): void {
    let place = from
    for (;;) {
      const left = this.#heap[2 * place + 1]
      if (!left) break
      const right = this.#heap[2 * place + 2]
      const child = right && isBefore(right, left) ? right : left
      if (!isBefore(child, timer)) break
      const below = child.place
      this.#put(child, place)
      place = below
    }
    this.#put(timer, place)
  }
}
