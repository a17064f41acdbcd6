import type { Clock } from '../../base/clock.ts'

/** A clock that only `sleep` and the test move. */
export function turned(): Clock & { time: number; slept: number[] } {
  const clock = {
    time: 1000,
    slept: [] as number[],
    now: () => clock.time,
    async sleep(ms: number) {
      clock.slept.push(ms)
      clock.time += ms
    },
  }
  return clock
}
