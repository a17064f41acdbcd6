import { expect, it } from 'vitest'
import { TimerWatch } from './timers.ts'

it('reports timers that were set and not cleared', () => {
  const watch = new TimerWatch()
  const open = watch.run(() => {
    clearTimeout(setTimeout(() => {}, 60_000))
    return [setInterval(() => {}, 60_000), setImmediate(() => {})] as const
  })
  expect(watch.open).toEqual(['setInterval', 'setImmediate'])
  clearInterval(open[0])
  clearImmediate(open[1])
})

it('gives back the result, and the timers as they were, also after an error', () => {
  const watch = new TimerWatch()
  const before = globalThis.setTimeout
  expect(watch.run(() => 3)).toBe(3)
  expect(() =>
    watch.run(() => {
      throw new Error('oops')
    }),
  ).toThrow('oops')
  expect(globalThis.setTimeout).toBe(before)
  clearTimeout(setTimeout(() => {}, 0))
  expect(watch.open).toEqual([])
})
