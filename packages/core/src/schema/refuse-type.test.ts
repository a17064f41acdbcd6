import { expect, test } from 'vitest'
import { refuse } from './refuse-type.ts'

test('a type without a column is refused with what to use instead', () => {
  expect(() => refuse('a.b', 'bigint')).toThrow('field "a.b" is a zod bigint, which has no column: use z.int(), or decimal() for more digits')
  expect(() => refuse('c', 'symbol')).toThrow(/a column is a string, enum, literal, .* or an optional, nullable or default one of these/)
  expect(() => refuse('c', 'tuple', 'say it otherwise')).toThrow('which has no column: say it otherwise')
})
