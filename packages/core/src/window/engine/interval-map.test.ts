import { expect, test } from 'vitest'
import { IntervalMap } from './interval-map.ts'

test('holds a value for each pair of bounds, also where two intervals share one', () => {
  const map = new IntervalMap<string>()
  map.set({ start: 0, end: 10 }, 'a')
  map.set({ start: 0, end: 20 }, 'b')
  map.set({ start: 10, end: 20 }, 'c')
  map.set({ start: 10, end: 20 }, 'd')
  expect([map.size, ...map.values()]).toEqual([3, 'a', 'b', 'd'])
  expect(map.get({ start: 0, end: 20 })).toBe('b')
  expect(map.get({ start: 20, end: 30 })).toBeUndefined()
  map.delete({ start: 0, end: 10 })
  map.delete({ start: 0, end: 10 })
  map.delete({ start: 5, end: 10 })
  expect([map.size, ...map.values()]).toEqual([2, 'b', 'd'])
  map.delete({ start: 0, end: 20 })
  expect(map.get({ start: 0, end: 20 })).toBeUndefined()
})
