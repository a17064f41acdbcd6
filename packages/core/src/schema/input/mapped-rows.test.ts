import { expect, test } from 'vitest'
import * as z from 'zod'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { judgeRow, rowsOf } from './mapped-rows.ts'

const Row = z.object({ at: instant(), price: decimal(5, 2), name: z.string().max(3).toLowerCase() })

test('a row meets the checks of a message, and comes out as a message does', () => {
  expect(judgeRow(Row, { at: new Date(5), price: '1', name: 'AB', more: 1 })).toEqual({ row: { at: new Date(5), price: '1.00', name: 'ab' } })
})

test.each([
  [{ at: '2026-01-01T00:00:00Z', price: '1', name: 'a' }, 'at'],
  [{ at: new Date(Number.NaN), price: '1', name: 'a' }, 'at'],
  [{ at: new Date(0), price: '1.234', name: 'a' }, 'price'],
  [{ at: new Date(0), price: '1', name: 'abcd' }, 'name'],
  [{ at: new Date(0), price: '1' }, 'name'],
])('row %j is invalid', (row, path) => {
  expect(judgeRow(Row, row)).toEqual({ issues: [expect.objectContaining({ path: [path] })] })
})

test('a map gives any number of rows', () => {
  expect([null, undefined, [], { a: 1 }, [1, 2]].map((made) => rowsOf(() => made, 0))).toEqual([[], [], [], [{ a: 1 }], [1, 2]])
  expect(() => rowsOf(() => Promise.resolve([]), 0)).toThrow(/mapAsync/)
})
