type Set = (...args: unknown[]) => unknown
type Timers = Record<'setTimeout' | 'setInterval' | 'setImmediate' | 'clearTimeout' | 'clearInterval' | 'clearImmediate', Set | undefined>

/** Notes timers that are set during synchronous work and not cleared: a synchronous operator has no need of any. */
export class TimerWatch {
  readonly #open = new Map<unknown, string>()

  get open(): readonly string[] {
    return [...this.#open.values()]
  }

  run<R>(work: () => R): R {
    const timers = globalThis as unknown as Timers
    const before = { ...pick(timers) }
    for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
      const set = before[name]
      if (set)
        timers[name] = (...args) => {
          const handle = set(...args)
          this.#open.set(handle, name)
          return handle
        }
    }
    for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'] as const) {
      const clear = before[name]
      if (clear)
        timers[name] = (handle) => {
          this.#open.delete(handle)
          return clear(handle)
        }
    }
    try {
      return work()
    } finally {
      Object.assign(timers, before)
    }
  }
}

function pick({ setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }: Timers): Timers {
  return { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }
}
