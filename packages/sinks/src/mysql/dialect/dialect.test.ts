import { expect, test } from 'vitest'
import { mysqlDialect } from './dialect.ts'

test('names that differ in case are one column, and a place is named in the URL', () => {
  expect([mysqlDialect.isSameName('a', 'A'), mysqlDialect.isSameName('a', 'á')]).toEqual([true, false])
  expect(mysqlDialect.nameThePlace).toContain('`url`')
})

test('a column is changed by MODIFY, to the type that the sink would have made', () => {
  const column = { name: 'n', type: 'bigint', collation: null, nullable: false }
  expect(mysqlDialect.alter(column, { ...column, type: 'int' })).toBe('MODIFY `n` bigint NOT NULL')
})
