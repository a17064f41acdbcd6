import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Timer, TimerQueue } from './timer-queue.ts'

const timer = (at: number, order: number): Timer => ({ id: 0, at, order, place: -1 })

/** Takes all timers out, the next one first. */
function drained(queue: TimerQueue): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = []
  for (let first = queue.first; first; first = queue.first) {
    found.push([first.at, first.order])
    queue.remove(first)
  }
  return found
}

test('gives timers by time, then in the order in which they were set', () => {
  const queue = new TimerQueue()
  for (const [at, order] of [
    [5, 0],
    [1, 1],
    [5, 2],
    [-3, 3],
    [1, 4],
  ] as const)
    queue.add(timer(at, order))
  expect(queue.size).toBe(5)
  expect(drained(queue)).toEqual([
    [-3, 3],
    [1, 1],
    [1, 4],
    [5, 0],
    [5, 2],
  ])
  expect(queue.first).toBeUndefined()
})

test('a timer that is taken out, or was never in, is not given', () => {
  const queue = new TimerQueue()
  const timers = [3, 1, 2].map(timer)
  for (const one of timers) queue.add(one)
  queue.remove(timers[1] as Timer)
  queue.remove(timers[1] as Timer)
  queue.remove(timer(2, 2))
  expect(drained(queue)).toEqual([
    [2, 2],
    [3, 0],
  ])
})

test('agrees with a sorted list, whatever is added and taken out', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.record({ remove: fc.nat() })), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (all) => {
      const queue = new TimerQueue()
      let list: Timer[] = []
      for (const [order, step] of all.entries()) {
        if (typeof step === 'number') {
          const one = timer(step, order)
          queue.add(one)
          list.push(one)
        } else if (list.length > 0) {
          const one = list[step.remove % list.length] as Timer
          queue.remove(one)
          list = list.filter((other) => other !== one)
        }
        expect(queue.size).toBe(list.length)
      }
      const sorted = list.map(({ at, order }) => [at, order] as const).sort(([a, i], [b, j]) => a - b || i - j)
      expect(drained(queue)).toEqual(sorted)
    }),
  )
})
