/** A promise with its handles outside. Its rejection is noted even when nobody waits yet. */
export interface Deferred<V> {
  readonly promise: Promise<V>
  resolve(value: V): void
  reject(error: unknown): void
}

/** `Promise.withResolvers`, which Node 20 does not have. */
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

/** A turn of the event loop: timers, signals and sockets get their time between two pushes. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate) immediate(resolve)
    else setTimeout(resolve, 0)
  })
}
