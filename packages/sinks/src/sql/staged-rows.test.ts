import { expect, test } from 'vitest'
import { Every } from '../../test/helpers.ts'
import { mysqlDialect } from '../mysql/dialect/dialect.ts'
import { isRowsTable, rowsTable } from './staged-rows.ts'

const columns = Every.fields.map((field) => mysqlDialect.columnOf(field, false, 'utf8mb4_bin'))

test('the same table and columns stage in the same place, others in another', () => {
  const { name, create } = rowsTable(mysqlDialect, 't', columns)
  expect(isRowsTable(name)).toBe(true)
  expect(create).toContain(name)
  expect(rowsTable(mysqlDialect, 't', columns).name).toBe(name)
  expect(rowsTable(mysqlDialect, 'u', columns).name).not.toBe(name)
  expect(rowsTable(mysqlDialect, 't', columns.slice(1)).name).not.toBe(name)
  expect(isRowsTable('users')).toBe(false)
})
