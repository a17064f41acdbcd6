import { expect, it } from 'vitest'
import { Meter } from './meter.ts'

it('says how much a count grows a second, over the last five', () => {
  const meter = new Meter()
  expect(meter.rate('a', 100, 0)).toBeNull()
  expect(meter.rate('a', 110, 1_000)).toBe(10)
  expect(meter.rate('a', 110, 1_000)).toBe(10)
  expect(meter.rate('a', 130, 2_000)).toBe(15)
  expect(meter.rate('b', 5, 2_000)).toBeNull()
  expect(meter.rate('a', 130, 7_000)).toBe(0)
})

it('begins anew when a count falls, or after a gap', () => {
  const meter = new Meter()
  meter.rate('a', 100, 0)
  expect(meter.rate('a', 3, 1_000)).toBeNull()
  expect(meter.rate('a', 5, 2_000)).toBe(2)
  meter.clear()
  expect(meter.rate('a', 9, 3_000)).toBeNull()
})
