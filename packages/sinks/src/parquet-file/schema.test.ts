import { decimal, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Order } from '../../test/nested.ts'
import { readThrift, type Struct } from '../../test/thrift.ts'
import { type FileField, leavesOf, physical, storageOf, writeSchema } from './schema.ts'
import { ThriftWriter } from './thrift.ts'

test('the columns of values of nested rows, with their levels', () => {
  const leaves = leavesOf(Order.fields).map(({ path, maxDefinition, maxRepetition }) => `${path.join('.')} ${maxDefinition} ${maxRepetition}`)
  expect(leaves).toEqual([
    'at 0 0',
    'id 0 0',
    'user.id 0 0',
    'user.name 1 0',
    'user.address.city 1 0',
    'user.address.kind 1 0',
    'user.address.since 1 0',
    'products.list.element.sku 1 1',
    'products.list.element.price 1 1',
    'products.list.element.flags.list.element 3 2',
    'counts.entries.key 2 1',
    'counts.entries.value 3 1',
    'day 0 0',
    'total 1 0',
    'any 0 0',
    'blob 1 0',
    'note 1 0',
    'payment.by 0 0',
    'payment.last4 1 0',
    'payment.paid 1 0',
    'payment.iban 1 0',
  ])
})

test('decimals take four or eight bytes, or as many as their digits need', () => {
  const widths = [1, 9, 10, 18, 19, 21, 38].map((precision) => {
    const schema = defineSchema(z.object({ at: instant(), amount: decimal(precision, 0) }), { name: 'd', time: 'at' })
    return storageOf(schema.fields[1] as never)
  })
  const wide = [9, 9, 16].map((width) => ({ physical: physical.fixed, width }))
  const [int32, int64] = [
    { physical: physical.int32, width: 4 },
    { physical: physical.int64, width: 8 },
  ]
  expect(widths).toEqual([int32, int32, int64, int64, ...wide])
})

test('the schema names each group before what is in it, and what values mean in old and new words', () => {
  const bytes = new ThriftWriter()
  writeSchema(bytes, 2, Order.fields)
  const elements = readThrift(bytes.end()).struct[2] as readonly Struct[]
  const text = (value: unknown) => String(value)
  expect(elements[0]).toEqual({ 4: Buffer.from('schema'), 5: 11 })
  expect(elements[1]).toEqual({ 1: 2, 3: 0, 4: Buffer.from('at'), 6: 9, 10: { 8: { 1: true, 2: { 1: {} } } } })
  const at = elements.findIndex((element) => text(element[4]) === 'counts')
  expect(elements.slice(at, at + 4)).toEqual([
    { 3: 1, 4: Buffer.from('counts'), 5: 1, 6: 1, 10: { 2: {} } },
    { 3: 2, 4: Buffer.from('entries'), 5: 2 },
    { 1: 6, 3: 0, 4: Buffer.from('key'), 6: 0, 10: { 1: {} } },
    { 1: 2, 3: 1, 4: Buffer.from('value') },
  ])
  const total = elements.find((element) => text(element[4]) === 'total')
  expect(total).toEqual({ 1: 7, 2: 16, 3: 1, 4: Buffer.from('total'), 6: 5, 7: 10, 8: 38, 10: { 5: { 1: 10, 2: 38 } } })
})

test('columns of a table have its ids, inside of lists and maps too, and instants in microseconds', () => {
  const of = (name: string) => Order.fields.find((field) => field.name === name) as FileField
  const counts = of('counts')
  const fields: FileField[] = [
    { ...of('at'), id: 7, isMicros: true },
    { ...counts, id: 8, keyId: 9, children: [{ ...(counts.children as readonly [FileField])[0], id: 10 }] },
    of('note'),
  ]
  const bytes = new ThriftWriter()
  writeSchema(bytes, 2, fields)
  const elements = readThrift(bytes.end()).struct[2] as readonly Struct[]
  expect(elements.map((element) => [String(element[4]), element[9]])).toEqual([
    ['schema', undefined],
    ['at', 7],
    ['counts', 8],
    ['entries', undefined],
    ['key', 9],
    ['value', 10],
    ['note', undefined],
  ])
  expect(elements[1]).toMatchObject({ 6: 10, 10: { 8: { 1: true, 2: { 2: {} } } } })
  expect(leavesOf(fields).map(({ id, isMicros }) => [id, isMicros])).toEqual([
    [7, true],
    [9, false],
    [10, false],
    [undefined, false],
  ])
})
