import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import type { Connection } from './connection/client.ts'
import { insertRows, isRowsTable, rowsTable } from './staged-rows.ts'
import { columnOf } from './table/columns.ts'

const columns = Every.fields.map((field) => columnOf(field, false, 'utf8mb4_bin'))

function recorder(maxPacket = 16_777_216) {
  const statements: { sql: string; values: number }[] = []
  const answer = { rows: [], touched: 0, insertId: 0 }
  const connection: Connection = {
    maxPacket,
    collation: 'utf8mb4_bin',
    query: async () => answer,
    execute: async (sql, values) => {
      statements.push({ sql, values: values.length })
      return answer
    },
  }
  return { connection, statements }
}

test('the same table and columns stage in the same place, others in another', () => {
  const { name, create } = rowsTable('t', columns)
  expect(isRowsTable(name)).toBe(true)
  expect(create).toContain(name)
  expect(rowsTable('t', columns).name).toBe(name)
  expect(rowsTable('u', columns).name).not.toBe(name)
  expect(rowsTable('t', columns.slice(1)).name).not.toBe(name)
  expect(isRowsTable('users')).toBe(false)
})

test('rows go in few statements of bounded size, their values bound', async () => {
  const { connection, statements } = recorder()
  expect(await insertRows(connection, 't', columns, 7, [Batch.of(Every, new Array(300).fill(plain)), Batch.of(Every, [plain])])).toBe(301)
  expect(statements.reduce((sum, { values }) => sum + values, 0)).toBe(301 * (columns.length + 2))
  expect(statements.length).toBeLessThan(10)
  expect(statements[0]?.sql).not.toContain(plain.text)
})

test('a row larger than the server takes is refused with the size to set', async () => {
  const { connection } = recorder(1000)
  const large = Batch.of(Every, [{ ...plain, text: 'x'.repeat(2000) }])
  await expect(insertRows(connection, 't', columns, 7, [large])).rejects.toMatchObject({
    code: 'ENCODER_FAILED',
    message: expect.stringContaining('max_allowed_packet is 1000'),
  })
})
