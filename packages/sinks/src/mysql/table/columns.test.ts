import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { columnOf, definition, indexBytes } from './columns.ts'

const column = (name: string, isKey = false) =>
  columnOf(Every.fields.find((field) => field.name === name) as (typeof Every.fields)[number], isKey, 'utf8mb4_bin')

test('8 every kind has its type, and a text of the key one that fits into an index', () => {
  const types = ['at', 'text', 'kind', 'real', 'whole', 'small', 'yes'].map((name) => column(name).type)
  expect(types).toEqual(['datetime(3)', 'longtext', 'varchar(255)', 'double', 'bigint', 'int', 'tinyint'])
  expect(column('text', true).type).toBe('varchar(255)')
  expect([indexBytes(column('text', true)), indexBytes(column('whole'))]).toEqual([1022, 8])
})

test('a column is defined with its collation, and NULL where a row may have no value', () => {
  expect(definition(column('text'))).toBe('`text` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL')
  expect(definition(column('wholeOrNull'))).toBe('`wholeOrNull` bigint NULL')
  expect(definition(column('yes'))).toBe('`yes` tinyint(1) NOT NULL')
})
