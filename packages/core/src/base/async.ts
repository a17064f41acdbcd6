/** Holds a promise that is settled from outside. A rejection that nobody awaits yet does not end the process. */
export interface Deferred<V> {
  readonly promise: Promise<V>
  resolve(value: V): void
  reject(error: unknown): void
}

/** Returns a promise with its `resolve` and `reject`. */
export function deferred<V>(): Deferred<V> {
  let resolve: (value: V) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<V>((yes, no) => {
    resolve = yes
    reject = no
  })
  promise.catch(() => {})
  return { promise, resolve, reject }
}
const immediate = (globalThis as { setImmediate?: (work: () => void) => unknown }).setImmediate

/** Resolves in the next turn of the event loop, so that timers, signals and sockets are served between two batches. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate) immediate(resolve)
    else setTimeout(resolve, 0)
  })
}
