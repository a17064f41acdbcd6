import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { durationText, Secret, secret } from './value-types.ts'

test('a duration is text or a number of milliseconds', () => {
  expect(['500', ' 500 ', '2s', 7].map((value) => durationText().parse(value))).toEqual([500, 500, 2000, 7])
  expect(z.safeParse(durationText(), 'soon').error?.issues[0]?.message).toBe("is a duration such as '10s', '1 minute' or a number of milliseconds")
  expect(durationText().prefault('1 minute').parse(undefined)).toBe(60_000)
})

test('a secret is shown nowhere, and revealed on request', () => {
  const value = secret().parse('hunter2')
  expect(value).toBeInstanceOf(Secret)
  expect([String(value), JSON.stringify({ value }), inspect(value)].join()).not.toContain('hunter2')
  expect(value.reveal()).toBe('hunter2')
})

test('a secret is not empty, and meets the type it is given', () => {
  expect(secret().safeParse('').success).toBe(false)
  expect(secret(z.string().regex(/^k-/)).safeParse('x').success).toBe(false)
})
