import { expect, it } from 'vitest'
import { WindowTable } from './window-table.ts'

const cell = (value: number, revision = 0, isFinal = false) => ({ value, revision, isFinal })
const valuesOf = (table: WindowTable) => table.windows.map(({ start, cells }) => [start, ...[...cells].map(([series, { value }]) => [series, value])])

it('keeps the latest revision of each result', () => {
  const table = new WindowTable()
  table.set(60, 120, 0, cell(2, 1))
  table.set(0, 60, 0, cell(1))
  table.set(60, 120, 0, cell(9, 0))
  table.set(60, 120, 1, cell(4))
  table.set(0, 60, 0, cell(5))
  expect(valuesOf(table)).toEqual([
    [0, [0, 5]],
    [60, [0, 2], [1, 4]],
  ])
})

it('keeps the last 60 windows, and counts results of those before', () => {
  const table = new WindowTable()
  for (let minute = 0; minute < 62; minute++) {
    table.set(minute, minute + 1, 0, cell(minute))
    table.set(minute, minute + 1, 1, cell(minute))
  }
  expect(table.windows).toHaveLength(60)
  expect([table.windows[0]?.start, table.windows.at(-1)?.start]).toEqual([2, 61])
  expect(table.older).toBe(4)
  table.set(0, 1, 0, cell(7))
  expect([table.windows[0]?.start, table.older]).toEqual([2, 5])
})

it('takes what a later table has', () => {
  const [table, later] = [new WindowTable(), new WindowTable()]
  table.set(0, 1, 0, cell(1, 3))
  later.set(0, 1, 0, cell(2, 2))
  later.set(1, 2, 0, cell(8))
  later.older = 2
  table.take(later)
  expect(valuesOf(table)).toEqual([
    [0, [0, 1]],
    [1, [0, 8]],
  ])
  expect(table.older).toBe(2)
})
