import { expect, test } from 'vitest'
import { codeBits, columnStore } from './column-store.ts'
import type { Field } from './field.ts'

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({ name: 'c', kind, values: [], optional: false, nullable: false, ...more })

test('a column without missing values has no validity bits', () => {
  const column = columnStore(field('number', { nullable: true }))
  column.reserve(2)
  for (const row of [0, 1]) {
    column.valid?.put(row, true)
    column.store.set(row, row)
  }
  expect(column.cut(2)).toMatchObject({ nulls: 0, bits: null, values: Float64Array.of(0, 1) })
})

test('a row without a value leaves the same bytes, whatever stood there before', () => {
  const column = columnStore(field('int32', { optional: true }))
  column.reserve(2)
  column.store.set(0, 7)
  column.miss(0)
  column.valid?.put(1, true)
  column.store.set(1, 8)
  expect(column.cut(2)).toEqual({ values: Int32Array.of(0, 8), bits: Uint8Array.of(0b10), nulls: 1 })
})

test('a required column has no validity at all', () => {
  expect(columnStore(field('string')).valid).toBe(null)
})

test('codes take as few bits as the members of an enum allow', () => {
  expect([1, 128, 129, 32_768, 32_769].map(codeBits)).toEqual([8, 8, 16, 16, 32])
})
