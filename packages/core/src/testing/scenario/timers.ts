const SETTERS = ['setTimeout', 'setInterval', 'setImmediate'] as const
const CLEARERS = ['clearTimeout', 'clearInterval', 'clearImmediate'] as const

/** A global timer function; undefined where the platform has none, such as `setImmediate` in a browser. */
type Timer = ((...args: unknown[]) => unknown) | undefined

/** Notes timers that are set during synchronous work and not cleared: a synchronous operator has no need of any. */
export class TimerWatch {
  readonly #open = new Map<unknown, string>()

  /** Returns the names of the functions whose timers are still set. */
  get open(): readonly string[] {
    return [...this.#open.values()]
  }

  /** Runs synchronous work while the global timer functions are watched, and returns its result. */
  run<R>(work: () => R): R {
    const timers: object = globalThis
    const before = new Map<string, Timer>([...SETTERS, ...CLEARERS].map((name) => [name, Reflect.get(timers, name)]))
    for (const name of SETTERS) {
      const set = before.get(name)
      if (set)
        Reflect.set(timers, name, (...args: unknown[]) => {
          const handle = set(...args)
          this.#open.set(handle, name)
          return handle
        })
    }
    for (const name of CLEARERS) {
      const clear = before.get(name)
      if (clear)
        Reflect.set(timers, name, (handle: unknown) => {
          this.#open.delete(handle)
          return clear(handle)
        })
    }
    try {
      return work()
    } finally {
      for (const [name, timer] of before) Reflect.set(timers, name, timer)
    }
  }
}
