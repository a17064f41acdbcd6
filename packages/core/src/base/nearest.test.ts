import { expect, test } from 'vitest'
import { closest, nearest, suggestion } from './nearest.ts'

test('the nearest name is the one with the fewest letters changed, whatever their case', () => {
  expect(nearest('Formt', ['from', 'format'])).toBe('format')
  expect(nearest('xyzzy', ['from', 'format'])).toBe(null)
  expect(nearest('a', [])).toBe(null)
})

test('the closest names come first, as many as asked for', () => {
  expect(closest('ticket', ['lake', 'tickets', 'ticker'], 2)).toEqual(['tickets', 'ticker'])
})

test('a suggestion names what was probably meant, or all there are', () => {
  expect(suggestion('lakes', ['lake', 'warehouse'])).toBe('Did you mean lake?')
  expect(suggestion('xyzzy', ['lake', 'warehouse'])).toBe('There are lake, warehouse')
  expect(suggestion('xyzzy', [])).toBe('There are none')
})
