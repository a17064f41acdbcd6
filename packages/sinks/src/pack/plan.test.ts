import type { Batch } from '@tickets/core'
import { toRecordBatch } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { Order, orderBatch } from '../../test/nested.ts'
import type { Part } from './columns.ts'
import { plansOf } from './plan.ts'

const plans = (name: string, batch: Batch<unknown>) => {
  const at = Order.fields.findIndex((field) => field.name === name)
  return plansOf(Order.fields[at] as (typeof Order.fields)[number], [toRecordBatch(batch).data.children[at] as Part])
}

test('a nested column is itself and what is inside of it, in the order of Arrow', () => {
  const rows = (name: string) => plans(name, orderBatch()).map(({ node, sizes }) => [node.rows, sizes.length])
  expect(rows('id')).toEqual([[40, 3]])
  expect(rows('user').map(([, buffers]) => buffers)).toEqual([1, 2, 3, 1, 3, 3, 2])
  expect(rows('products').map(([count]) => count)).toEqual([40, 60, 60, 60, 60, 140])
  expect(rows('counts').map(([count, buffers]) => [count, buffers])).toEqual([
    [40, 2],
    [64, 1],
    [64, 3],
    [64, 2],
  ])
})

test('the elements of a part of a batch are those of its rows alone', () => {
  const part = toRecordBatch(orderBatch()).slice(3, 5)
  const at = Order.fields.findIndex((field) => field.name === 'products')
  const [list, structs] = plansOf(Order.fields[at] as (typeof Order.fields)[number], [part.data.children[at] as Part])
  expect([list?.node.rows, structs?.node.rows]).toEqual([2, 3])
  const ipc = new ArrayBuffer(64)
  list?.put(ipc, [0, 0])
  expect([...new Int32Array(ipc, 0, 3)]).toEqual([0, 3, 3])
})
