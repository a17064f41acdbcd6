import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { columnOf, definition, holds, list, quote, whyNoKey } from './columns.ts'

const column = (name: string, isKey = false) =>
  columnOf(Every.fields.find((field) => field.name === name) as (typeof Every.fields)[number], isKey, 'utf8mb4_bin')

test('8 every kind has its type, and a text of the key one that fits into an index', () => {
  const types = ['at', 'text', 'kind', 'real', 'whole', 'small', 'yes'].map((name) => column(name).type)
  expect(types).toEqual(['datetime(3)', 'longtext', 'varchar(255)', 'double', 'bigint', 'int', 'tinyint'])
  expect(column('text', true).type).toBe('varchar(255)')
  const key = column('text', true)
  expect(whyNoKey([key, key, key])).toBeNull()
  expect(whyNoKey([key, key, key, column('whole')])).toBe('takes 3074 bytes, and an index has room for 3072')
})

test('a column is defined with its collation, and NULL where a row may have no value', () => {
  expect(definition(column('text'))).toBe('`text` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL')
  expect(definition(column('wholeOrNull'))).toBe('`wholeOrNull` bigint NULL')
  expect(definition(column('yes'))).toBe('`yes` tinyint(1) NOT NULL')
})

test('names are quoted, backticks in them doubled', () => {
  expect(quote('a`b')).toBe('`a``b`')
  expect(list(['a', 'b'])).toBe('`a`, `b`')
})

test('a column holds a decimal with at most as many digits behind the point', () => {
  const decimal = { ...(Every.fields[0] as (typeof Every.fields)[number]), kind: 'decimal' as const, precision: 10, scale: 2 }
  expect([holds('decimal(10,2)', decimal), holds('decimal(10,1)', decimal), holds('double', decimal)]).toEqual([true, false, false])
})
