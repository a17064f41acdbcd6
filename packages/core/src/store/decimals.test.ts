import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valueReader } from '../batch/columns.ts'
import { dataOf } from '../batch/data.ts'
import { DecimalStore } from './decimals.ts'
import type { Field } from './field.ts'

const wide: Field = { name: 'c', kind: 'decimal', values: [], optional: false, nullable: false, precision: 38, scale: 0 }
const read = (field: Field, store: DecimalStore, rows: number) => {
  const reader = valueReader(field, dataOf(field, rows, { ...store.cut(rows), bits: null, nulls: 0 }))
  return Array.from({ length: rows }, (_, i) => reader(i))
}

test('whole numbers of 38 digits come back, whatever their sign', () => {
  const most = 10n ** 38n - 1n
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.bigInt({ min: -most, max: most }), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })), { minLength: 1 }),
      (values) => {
        const store = new DecimalStore(wide)
        store.reserve(values.length)
        values.forEach((value, row) => {
          expect(store.set(row, String(value))).toBe(true)
        })
        expect(read(wide, store, values.length)).toEqual(values.map(String))
      },
    ),
  )
})

test('around 2^53 and 2^64, where the words change', () => {
  const values = [2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 53n), -(2n ** 64n) - 1n, -1n, 0n].map(String)
  const store = new DecimalStore(wide)
  store.reserve(values.length)
  values.forEach((value, row) => {
    store.set(row, value)
  })
  expect(read(wide, store, values.length)).toEqual(values)
})

test('what has too many digits, or is no text, is not kept', () => {
  const store = new DecimalStore({ ...wide, precision: 4, scale: 2 })
  expect(['1.234', '100', 1.5, null, 'x'].map((value) => store.set(0, value))).toEqual([false, false, false, false, false])
  expect(store.set(0, '-0.5')).toBe(true)
  expect(read({ ...wide, precision: 4, scale: 2 }, store, 1)).toEqual(['-0.50'])
})
