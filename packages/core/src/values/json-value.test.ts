import { expect, test } from 'vitest'
import * as z from 'zod'
import { zodDefinition } from '../base/zod-definition.ts'
import { isJsonCheck, json } from './json-value.ts'

test.each([null, true, 1.5, 'é', [], { a: [1, { b: null }] }])('%j is a JSON value', (value) => {
  expect(json().parse(value)).toBe(value)
})

test('a value has to be there', () => {
  expect(z.object({ a: json() }).safeParse({}).success).toBe(false)
  expect(z.object({ a: json().optional() }).parse({})).toEqual({})
})

test('its check marks it', () => {
  expect([json(), json().describe('any'), z.custom(() => true)].map((type) => isJsonCheck(zodDefinition(type).fn))).toEqual([true, true, false])
})
