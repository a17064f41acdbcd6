import { expect, test } from 'vitest'
import { Order, orderBatch, orders } from '../../test/nested.ts'
import { packTable } from './pack-table.ts'
import { tableOf } from './table-of.ts'

const table = tableOf(packTable(Order as never, [orderBatch()] as never))
const column = (name: string) => table.columns[table.fields.findIndex((field) => field.name === name)]

test('columns are views of the packed buffer, by kind', () => {
  expect([...(column('id')?.offsets ?? [])].slice(0, 3)).toEqual([0, 2, 4])
  expect(Buffer.from(column('id')?.values ?? []).toString('latin1', 0, 4)).toBe('o0o1')
  const times = column('at')?.values
  expect(new BigInt64Array(times?.buffer as ArrayBuffer, times?.byteOffset, 2)[1]).toBe(1_700_000_001_000n)
  expect(column('id')?.bits).toBeNull()
  expect(column('note')?.bits).toHaveLength(5)
})

test('nested columns have those inside of them, maps their keys and values', () => {
  const [, , address] = column('user')?.children ?? []
  expect(address?.children.map(({ rows }) => rows)).toEqual([40, 40, 40])
  expect([...(address?.children[1]?.codes ?? [])].slice(0, 6)).toEqual(orders.slice(0, 6).map(({ user }) => (user.address?.kind === 'work' ? 1 : 0)))
  expect(address?.children[1]?.members).toEqual(['home', 'work'])
  const [keys, values] = column('counts')?.children ?? []
  expect([keys?.rows, values?.rows]).toEqual([64, 64])
  expect(Buffer.from(keys?.values ?? []).toString('latin1', 0, 4)).toBe('abab')
  expect(column('products')?.children[0]?.children[2]?.children[0]?.values.length).toBeGreaterThan(0)
})

test('a table without rows has no columns', () => {
  expect(tableOf(packTable(Order as never, []))).toMatchObject({ columns: [], rows: 0 })
})
