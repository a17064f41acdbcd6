import { expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { zodChecks, zodDefinition, zodShape } from './zod-definition.ts'

test.each([
  ['zod', z.string().min(3), z.int()],
  ['zod/mini', mini.string().check(mini.minLength(3)), mini.int()],
] as const)('reads the checks of a type, itself first where it is one: %s', (_name, text, whole) => {
  expect(zodChecks(text)).toMatchObject([{ check: 'min_length', minimum: 3 }])
  expect(zodChecks(whole)).toMatchObject([{ check: 'number_format', format: 'safeint' }])
})

test('reads what a type wraps, and the columns of an object', () => {
  expect(zodDefinition(z.string().optional())).toMatchObject({ type: 'optional', innerType: { _zod: { def: { type: 'string' } } } })
  expect(Object.keys(zodShape(z.object({ a: z.string() })))).toEqual(['a'])
  expect(zodShape(z.string())).toEqual({})
})
