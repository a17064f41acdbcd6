import { Batch } from '@tickets/core'
import { fromRecordBatch, toRecordBatch } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { Order, orderBatch, orders } from '../../test/nested.ts'
import { packTable } from './pack-table.ts'

const bytesOf = (packed: ReturnType<typeof packTable>) => ({ ...packed, buffer: Buffer.from(packed.buffer).toString('hex') })

test('the same rows are packed as the same bytes, however they were batched', () => {
  const whole = packTable(Order as never, [orderBatch()] as never)
  const parts = [0, 1, 13, 14].map((from, i, all) => Batch.of(Order, orders.slice(from, all[i + 1] ?? orders.length)))
  expect(bytesOf(packTable(Order as never, parts as never))).toEqual(bytesOf(whole))
  expect(whole.rows).toBe(orders.length)
})

test('slices of Arrow data that begin inside of a buffer are packed from where they begin', () => {
  const rows = Array.from({ length: 37 }, (_, i) => (i % 3 === 0 ? sparse : { ...plain, small: i }))
  const record = toRecordBatch(Batch.of(Every, rows))
  const parts = [record.slice(0, 13), record.slice(13, 14), record.slice(14, 37)].map((part) => fromRecordBatch(Every, part))
  expect(bytesOf(packTable(Every as never, parts as never))).toEqual(bytesOf(packTable(Every as never, [Batch.of(Every, rows)] as never)))
})

test('what goes to another thread is plain data without the functions of a schema', () => {
  const { fields, slots } = packTable(Order as never, [orderBatch()] as never)
  expect(structuredClone({ fields, slots })).toEqual({ fields, slots })
  expect(fields.find(({ name }) => name === 'total')).toEqual({
    name: 'total',
    kind: 'decimal',
    values: [],
    optional: false,
    nullable: true,
    precision: 38,
    scale: 10,
  })
})

test('no rows are packed as nothing', () => {
  expect(packTable(Every as never, [])).toMatchObject({ rows: 0 })
})
