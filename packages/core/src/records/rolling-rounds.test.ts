import { expect, test } from 'vitest'
import { RollingRounds } from './rolling-rounds.ts'

test('what is needed begins where the last whole round began', () => {
  const rounds = new RollingRounds()
  expect(rounds.since).toBe(Number.POSITIVE_INFINITY)
  expect(rounds.next('a', 3, false)).toEqual({ since: 3, round: 3 })
  expect(rounds.next('a', 4, true)).toEqual({ since: 3, round: 5 })
  expect(rounds.next('a', 5, false)).toEqual({ since: 3, round: 5 })
  expect(rounds.next('a', 6, true)).toEqual({ since: 5, round: 7 })
  expect([4, 5].map((n) => rounds.needs('a', n))).toEqual([false, true])
  expect(rounds.needs('b', 9)).toBe(false)
})

test('a round that is one record is all that is needed', () => {
  const rounds = new RollingRounds()
  rounds.next('a', 0, true)
  expect(rounds.next('a', 1, true)).toEqual({ since: 1, round: 2 })
})

test('of several operators the one that needs the oldest record decides, also after a restart', () => {
  const rounds = new RollingRounds()
  rounds.restore('a', { since: 2, round: 6 })
  rounds.restore('b', { since: 5, round: 7 })
  expect(rounds.since).toBe(2)
  rounds.next('a', 8, true)
  expect(rounds.since).toBe(5)
})
