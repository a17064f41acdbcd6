import { expect, test } from 'vitest'
import { defineKeyed } from './definition.ts'

const options = { by: 'card', init: () => 0, onRow: () => {} }
const define = (more: object) => defineKeyed({ name: 'alert', version: 2 }, { ...options, ...more } as never)

test('fills in the defaults, and says in the fingerprint what the state depends on', () => {
  expect(define({})).toMatchObject({ by: ['card'], id: 'keyedOperator', version: 1, ttl: Number.POSITIVE_INFINITY, keepsLast: false })
  expect(define({}).fingerprint).toEqual({ by: ['card'], schema: 'alert', version: 2 })
  expect(define({ by: ['card', 'shop'], ttl: '1 minute' }).fingerprint).toEqual({ by: ['card', 'shop'], schema: 'alert', version: 2, ttl: 60_000 })
})

test('the time of the last row matters for a ttl and for the end', () => {
  expect(define({ ttl: 1 }).keepsLast).toBe(true)
  expect(define({ onEnd: () => {} }).keepsLast).toBe(true)
})

test('a state of an older version goes through upgrade, and is refused without', () => {
  expect(define({}).read(7, 1)).toBe(7)
  expect(define({ version: 3, upgrade: (state: number, version: number) => state + version }).read(7, 2)).toBe(9)
  expect(() => define({ version: 2 }).read(7, 1)).toThrow(
    expect.objectContaining({ code: 'OPERATOR_STATE', message: expect.stringContaining('give it an `upgrade`') }),
  )
})

test.each([
  [{ by: [] }, 'needs the columns of its key'],
  [{ ttl: 0 }, 'ttl is a duration greater than 0'],
  [{ maxKeys: 0 }, 'maxKeys is a whole number'],
  [{ version: 1.5 }, 'version is a whole number'],
])('refuses %j', (more, message) => {
  expect(() => define(more)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }))
})
