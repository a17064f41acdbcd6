import { expect, it } from 'vitest'
import { MemoryBudget } from '../commit/memory-budget.ts'
import { freshStatus } from './context.ts'
import { CurrentRange } from './range.ts'

function range() {
  const at = { now: 0 }
  const budget = new MemoryBudget(1000)
  const time = { maxOutOfOrderness: 0, idleTimeout: 500, maxFuture: 0, keepFor: 0, maxDrift: 0 }
  const current = new CurrentRange(
    { range: { rows: 10, bytes: 100, time: 1000 }, time, clock: { now: () => at.now, sleep: async () => {} }, budget },
    0,
  )
  const read = (rows: number, to: number) => {
    current.rows += rows
    current.to = to
  }
  return { at, budget, current, read }
}

it('is never due while it is empty', () => {
  const { at, current } = range()
  at.now = 5000
  expect(current.isDue(1000, false)).toBe(false)
})

it('is due by rows, by bytes or by time', () => {
  const { at, current, read } = range()
  read(9, 9)
  expect(current.isDue(99, false)).toBe(false)
  expect(current.isDue(100, false)).toBe(true)
  at.now = 1000
  expect(current.isDue(0, false)).toBe(true)
  at.now = 999
  read(1, 10)
  expect(current.isDue(0, false)).toBe(true)
})

it('is due when memory is short, but not while the range before it is committed', () => {
  const { budget, current, read } = range()
  read(1, 1)
  budget.take(500)
  expect(current.isDue(0, true)).toBe(false)
  expect(current.isDue(0, false)).toBe(true)
})

it('begins the next one where it ends, with its own time', () => {
  const { at, current, read } = range()
  read(4, 7)
  expect(current.room).toBe(6)
  expect(current.isTooSmallFor(7)).toBe(true)
  at.now = 900
  current.next()
  expect([current.from, current.to, current.rows]).toEqual([7, 7, 0])
  expect(current.isEmpty).toBe(true)
  expect(current.isTooSmallFor(70)).toBe(false)
  read(1, 8)
  at.now = 1800
  expect(current.isDue(0, false)).toBe(false)
})

it('4.4 is idle only at the end of the partition, after the idle timeout', () => {
  const { at, current } = range()
  at.now = 500
  expect(current.isIdle({ ...freshStatus(0), lag: 0 })).toBe(true)
  expect(current.isIdle({ ...freshStatus(1), lag: 0 })).toBe(false)
  expect(current.isIdle({ ...freshStatus(0), lag: 3 })).toBe(false)
  expect(current.isIdle({ ...freshStatus(0), lag: null })).toBe(false)
  expect(current.isIdle({ ...freshStatus(0), lag: 0, idle: true })).toBe(false)
})

it('waits in a read until the range or the idle timeout is due, a quarter of a second at most', () => {
  const { at, current, read } = range()
  expect(current.patience(freshStatus(0))).toBe(250)
  at.now = 400
  expect(current.patience(freshStatus(0))).toBe(100)
  read(1, 1)
  at.now = 999
  expect(current.patience({ ...freshStatus(0), idle: true })).toBe(1)
  // What is overdue is no reason to ask without a pause.
  for (at.now of [1000, 5000]) expect(current.patience({ ...freshStatus(0), idle: true })).toBe(1)
})

it('begins anew after it is cut', () => {
  const { at, current, read } = range()
  read(3, 3)
  current.brokerTime = 70
  at.now = 40
  expect(current.begun).toBe(0)
  current.next()
  expect(current).toMatchObject({ from: 3, to: 3, rows: 0, brokerTime: null, begun: 40 })
})
