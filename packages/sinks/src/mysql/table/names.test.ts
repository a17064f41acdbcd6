import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { checkColumns, checkTable, list, quote } from './names.ts'

test('names are quoted, backticks in them doubled', () => {
  expect(quote('a`b')).toBe('`a``b`')
  expect(list(['a', 'b'])).toBe('`a`, `b`')
})

test.each(['', 'x'.repeat(65), 'a/b', 'db.table', 'a\nb', 'a ', '😀', '_tickets_guard', 7])('%j is no name of a table', (name) => {
  expect(() => checkTable(name)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('columns that are one in a table, or the name of one of ours, are refused', () => {
  const [field] = Every.fields as [(typeof Every.fields)[number]]
  const named = (...names: string[]) => names.map((name) => ({ ...field, name }))
  expect(() => checkColumns(named('a', 'b'), 'row')).not.toThrow()
  expect(() => checkColumns(named('a', 'A'), 'row')).toThrowError(/"a" and "A"/)
  expect(() => checkColumns(named('_tickets_range'), 'row')).toThrowError(/needs for itself/)
  expect(checkTable('täbl e')).toBe('täbl e')
})
