import { expect, it } from 'vitest'
import { MemoryBudget } from './memory-budget.ts'

const { signal } = new AbortController()

it('lets a read through that is larger than the limit while nothing is held, so that it cannot stand still', async () => {
  const budget = new MemoryBudget(100)
  expect(await budget.reserve(1000, signal)).toBeTypeOf('function')
})

it('makes a read wait for room, and then look again', async () => {
  const budget = new MemoryBudget(100)
  budget.take(80)
  let answered: unknown = 'waiting'
  const waiting = budget.reserve(30, signal).then((release) => {
    answered = release
  })
  await Promise.resolve()
  expect(answered).toBe('waiting')
  budget.give(80)
  await waiting
  expect(answered).toBeNull()
  expect(await budget.reserve(30, signal)).toBeTypeOf('function')
})

it('counts what is reserved until it is released', async () => {
  const budget = new MemoryBudget(100)
  budget.take(10)
  const release = await budget.reserve(80, signal)
  const waiting = budget.reserve(20, signal)
  release?.()
  expect(await waiting).toBeNull()
  expect(await budget.reserve(20, signal)).toBeTypeOf('function')
})

it('ends the wait when the signal aborts', async () => {
  const budget = new MemoryBudget(100)
  budget.take(100)
  const stop = new AbortController()
  const waiting = budget.reserve(1, stop.signal)
  stop.abort()
  expect(await waiting).toBeNull()
})

it('asks ranges to end from half of the limit on, and shares a quarter of it among reads', () => {
  const budget = new MemoryBudget(40_000)
  budget.take(19_999)
  expect(budget.pressed).toBe(false)
  budget.take(1)
  expect(budget.pressed).toBe(true)
  expect(budget.share(5)).toBe(2000)
  expect(budget.share(1000)).toBe(1024)
})
