import { expect, test } from 'vitest'
import * as z from 'zod'
import { zodChecks } from '../base/zod-definition.ts'
import { date, isDateCheck } from './date.ts'

test.each(['2026-01-31', '2024-02-29', '0000-01-01'])('%s is a day', (text) => {
  expect(date().parse(text)).toBe(text)
})

test.each(['2026-02-29', '2026-1-1', '2026-01-01T00:00:00Z', 'today', '', 20_260_101])('%j is none', (text) => {
  expect(date().safeParse(text).success).toBe(false)
})

test('its check marks it, also when it is described', () => {
  const is = (type: z.ZodType) => zodChecks(type).some(({ fn }) => isDateCheck(fn))
  expect([date(), date().describe('of birth'), z.iso.date(), z.string()].map(is)).toEqual([true, true, false, false])
})
