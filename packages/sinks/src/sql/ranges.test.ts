import { expect, test } from 'vitest'
import { task } from '../../test/helpers.ts'
import { mysqlDialect } from '../mysql/dialect/dialect.ts'
import type { Connection, Row } from './connection/dialect.ts'
import { fromStaged, sweptRanges, toStaged } from './ranges.ts'

const answering = (rows: readonly Row[]): Connection => ({
  dialect: mysqlDialect,
  begin: 'BEGIN',
  maxPacket: 1,
  collation: '',
  query: async () => ({ rows, touched: 0, insertId: 0 }),
  execute: async () => ({ rows, touched: 0, insertId: 0 }),
})
const rowsIn = '_tickets_rows_0123456789abcdef'

test('an entry is read back as it was written; any other is a damaged log', () => {
  const staged = { n: 3, attempt: 'a', rows: 10, after: 2 }
  expect(fromStaged(toStaged(staged), 'mysql:x/y/t')).toEqual(staged)
  for (const entry of [{}, { ...staged, n: '3' }, { ...staged, rows: 0.5 }, { ...staged, attempt: null }])
    expect(() => fromStaged(entry, 'mysql:x/y/t')).toThrowError(expect.objectContaining({ code: 'LOG_DAMAGED' }))
})

test('3.8 a sweep takes lower numbers and other attempts at the head', async () => {
  const rows = [
    { id: 1, n: 1, attempt: 'a', rows_in: rowsIn },
    { id: 2, n: 2, attempt: 'b', rows_in: rowsIn },
    { id: 3, n: 2, attempt: 'a', rows_in: rowsIn },
  ]
  const swept = await sweptRanges(answering(rows), { task, table: 't' }, { n: 2, attempt: 'b' })
  expect(swept.map(({ id }) => id)).toEqual([1, 3])
})

test('a table of rows that is none of ours is never touched', async () => {
  const rows = [{ id: 1, n: 0, attempt: 'a', rows_in: 'users' }]
  await expect(sweptRanges(answering(rows), { task, table: 't' }, { n: 2, attempt: 'b' })).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
})
