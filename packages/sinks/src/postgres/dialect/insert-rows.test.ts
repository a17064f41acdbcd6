import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../../test/helpers.ts'
import type { Connection, Value } from '../../sql/connection/dialect.ts'
import { columnOf } from './columns.ts'
import { postgresDialect } from './dialect.ts'
import { insertRows } from './insert-rows.ts'

const columns = Every.fields.map((field) => columnOf(field, false, 'C'))

function recorder() {
  const statements: { sql: string; values: readonly Value[] }[] = []
  const answer = { rows: [], touched: 0, insertId: 0 }
  const connection: Connection = {
    dialect: postgresDialect,
    begin: 'BEGIN',
    maxPacket: 1,
    collation: 'C',
    query: async () => answer,
    execute: async (sql, values) => {
      statements.push({ sql, values })
      return answer
    },
  }
  const insert = (rows: readonly Every[], key: readonly string[] = []) =>
    insertRows(connection, { table: 't', columns, key, range: 7, batches: [Batch.of(Every, rows), Batch.of(Every, [plain])] })
  return { insert, statements }
}

test('rows go as one array for each column, in one statement for any number of them', async () => {
  const { insert, statements } = recorder()
  expect(await insert(new Array(5000).fill(plain))).toBe(5001)
  expect(statements).toHaveLength(2)
  expect(statements[0]?.sql).toBe(statements[1]?.sql)
  expect(statements[0]?.values).toHaveLength(2 + columns.length)
  // Rows are numbered on from one statement to the next.
  expect(statements.map(({ values }) => values[1])).toEqual([-1, 4095])
  expect(statements[0]?.sql).not.toContain(plain.text)
})

test('a statement is of bounded size', async () => {
  const { insert, statements } = recorder()
  await insert(new Array(6).fill({ ...plain, text: 'x'.repeat(3_000_000) }))
  expect(statements.length).toBe(4)
})

test('the texts of a key that no index takes are refused before anything is recorded', async () => {
  const { insert } = recorder()
  const long = [{ ...plain, text: 'é'.repeat(1251) }]
  await expect(insert(long, ['text'])).rejects.toMatchObject({ code: 'ENCODER_FAILED', message: expect.stringMatching(/\(text\).*2502 bytes/) })
  await expect(insert(long)).resolves.toBe(2)
})
