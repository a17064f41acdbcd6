import { expect, test } from 'vitest'
import { HyperLogLog, hash53 } from './hyper-log-log.ts'

const of = (from: number, to: number) => {
  const counter = new HyperLogLog()
  for (let i = from; i < to; i++) counter.add(`CLIENT_${i}`)
  return counter
}

test('is exact up to 512 values, and estimates beyond', () => {
  expect(of(0, 512).estimate).toBe(512)
  const estimate = of(0, 100_000).estimate
  expect(Math.abs(estimate - 100_000)).toBeLessThan(100_000 * 0.016 * 4)
})

test.each([
  ['small with small', 300, 500],
  ['small with large', 300, 20_000],
  ['large with large', 20_000, 50_000],
])('merging equals counting all at once, through JSON too: %s', (_what, middle, end) => {
  for (const [a, b] of [
    [of(0, middle), of(middle >> 1, end)],
    [of(middle >> 1, end), of(0, middle)],
  ] as const) {
    const merged = HyperLogLog.fromJson(JSON.parse(JSON.stringify(a.toJson())))
    merged.merge(b)
    expect(merged.estimate).toBe(of(0, end).estimate)
  }
})

test('the hash stays what records were written with', () => {
  expect(['', 'a', 'CLIENT_1000'].map(hash53)).toEqual([570255365385115, 2266410476293178, 8936403618464893])
})
