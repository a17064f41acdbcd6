import { expect, test } from 'vitest'
import * as z from 'zod'
import { zodDefinition } from '../base/zod-definition.ts'
import { instant, isInstant } from './instant.ts'

test('an instant is normalised to UTC, and digits finer than a millisecond are cut', () => {
  expect(instant().parse('2026-11-21T12:00:00.123456+01:00')).toEqual(new Date('2026-11-21T11:00:00.123Z'))
  expect(z.encode(instant(), new Date(0))).toBe('1970-01-01T00:00:00.000Z')
})

test.each(['2026-11-21T12:00:00', '2026-11-21', '2026-02-30T00:00:00Z', 'now', 0])('%j is no instant', (text) => {
  expect(instant().safeParse(text).success).toBe(false)
})

test("our codec is distinguished from a user's own, also behind describe()", () => {
  expect(isInstant(zodDefinition(instant().describe('when')).transform)).toBe(true)
  const own = z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() })
  expect(isInstant(zodDefinition(own).transform)).toBe(false)
})

test.each([
  ['s', 1700000000, 1700000000000],
  ['s', 1700000000.123, 1700000000123],
  ['s', 1700000000.1239, 1700000000123],
  ['s', -0.001, -1],
  ['ms', 1700000000123.9, 1700000000123],
  ['us', 1700000000123999, 1700000000123],
  ['us', -1, -1],
] as const)('an epoch of %s: %s', (epoch, value, ms) => {
  expect(instant({ epoch }).parse(value)).toEqual(new Date(ms))
})

test('a unit that there is not is refused', () => {
  expect(() => instant({ epoch: 'ns' as never })).toThrow(`epoch is 's', 'ms' or 'us', got "ns"`)
})

test('an epoch that no Date holds, or that is text, is refused', () => {
  expect(instant({ epoch: 'ms' }).safeParse(8.64e15 + 1).success).toBe(false)
  expect(instant({ epoch: 's' }).safeParse('2026-01-01T00:00:00Z').success).toBe(false)
})
