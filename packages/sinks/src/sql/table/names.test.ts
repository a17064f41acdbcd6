import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { mysqlDialect } from '../../mysql/dialect/dialect.ts'
import { checkColumns, checkTable } from './names.ts'

test.each(['', 'x'.repeat(65), 'a/b', 'db.table', 'a\nb', 'a ', '😀', '_tickets_guard', 7])('%j is no name of a table', (name) => {
  expect(() => checkTable(mysqlDialect, name)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('columns that are one in a table, or the name of one of ours, are refused', () => {
  const [field] = Every.fields as [(typeof Every.fields)[number]]
  const named = (...names: string[]) => names.map((name) => ({ ...field, name }))
  expect(() => checkColumns(mysqlDialect, named('a', 'b'), 'row')).not.toThrow()
  expect(() => checkColumns(mysqlDialect, named('a', 'A'), 'row')).toThrowError(/"a" and "A"/)
  expect(() => checkColumns(mysqlDialect, named('_tickets_range'), 'row')).toThrowError(/needs for itself/)
  expect(checkTable(mysqlDialect, 'täbl e')).toBe('täbl e')
})
