import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../../test/helpers.ts'
import type { Connection } from '../../sql/connection/dialect.ts'
import { columnOf } from './columns.ts'
import { mysqlDialect } from './dialect.ts'
import { insertRows } from './insert-rows.ts'

const columns = Every.fields.map((field) => columnOf(field, false, 'utf8mb4_bin'))

const staging = (...batches: Batch<Every>[]) => ({ table: 't', columns, key: [], range: 7, batches })

function recorder(maxPacket = 16_777_216) {
  const statements: { sql: string; values: number }[] = []
  const answer = { rows: [], touched: 0, insertId: 0 }
  const connection: Connection = {
    dialect: mysqlDialect,
    begin: 'BEGIN',
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

test('rows go in few statements of bounded size, their values bound', async () => {
  const { connection, statements } = recorder()
  expect(await insertRows(connection, staging(Batch.of(Every, new Array(300).fill(plain)), Batch.of(Every, [plain])))).toBe(301)
  expect(statements.reduce((sum, { values }) => sum + values, 0)).toBe(301 * (columns.length + 2))
  expect(statements.length).toBeLessThan(10)
  expect(statements[0]?.sql).not.toContain(plain.text)
})

test('a row larger than the server takes is refused with the size to set', async () => {
  const { connection } = recorder(1000)
  const large = Batch.of(Every, [{ ...plain, text: 'x'.repeat(2000) }])
  await expect(insertRows(connection, staging(large))).rejects.toMatchObject({
    code: 'ENCODER_FAILED',
    message: expect.stringContaining('max_allowed_packet is 1000'),
  })
})
