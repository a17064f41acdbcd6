import type { Clock } from '@tickets/core'

/** Returns a clock that begins at `start` and runs `speed` times as fast until it is the time on the wall; then it is that. */
export function fastClock(start: number, speed: number): Clock {
  const begun = Date.now()
  const now = () => Math.min(Date.now(), start + (Date.now() - begun) * speed)
  return {
    now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, now() < Date.now() ? ms / speed : ms)
        signal?.addEventListener('abort', done)
      }),
  }
}
