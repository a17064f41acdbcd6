import { expect, test } from 'vitest'
import { columnStore } from './column-store.ts'
import type { Field } from './field.ts'
import type { ListStore, MapStore, StructStore } from './nested-stores.ts'

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({ name: 'c', kind, values: [], optional: false, nullable: false, ...more })
const int = field('int32')
const column = (of: Field, rows: number) => {
  const made = columnStore(of)
  made.reserve(rows)
  return made
}

test('the elements of all lists lie end to end, and a list that is written again takes the place of the first', () => {
  const list = column(field('list', { children: [int] }), 3)
  list.set(0, [1, 2, 3, 4])
  list.set(0, [5])
  list.set(1, [])
  list.set(2, [6, 7])
  const { offsets, children } = list.cut(3)
  expect([...(offsets ?? [])]).toEqual([0, 1, 1, 3])
  expect(children?.[0]?.values).toEqual(Int32Array.of(5, 6, 7))
})

test('a list that fails halfway is no row, and the next one begins where it began', () => {
  const list = column(field('list', { children: [int] }), 2)
  list.set(0, [1])
  expect(list.set(1, [2, 'x'])).toBe(false)
  list.set(1, [3])
  expect(list.cut(2).children?.[0]?.values).toEqual(Int32Array.of(1, 3))
})

test('there is room for many elements, also after the arrays were given away', () => {
  const list = column(field('list', { children: [int] }), 1)
  const many = Array.from({ length: 1_000_000 }, (_, i) => i)
  for (let again = 0; again < 2; again++) {
    list.set(0, many)
    expect((list.store as ListStore).cut(1).children?.[0]?.values).toEqual(Int32Array.from(many))
    list.reserve(1)
  }
})

test('a missing struct has the same bytes in its members as any other missing one', () => {
  const of = field('struct', { nullable: true, children: [int, field('string', { name: 't', optional: true })] })
  const struct = column(of, 2)
  struct.set(0, { c: 7, t: 'seven' })
  struct.set(0, null)
  struct.set(1, { c: 8 })
  const { nulls, children } = struct.cut(2)
  expect([nulls, children?.[0]?.values, children?.[1]?.nulls, children?.[1]?.values?.length]).toEqual([1, Int32Array.of(0, 8), 2, 0])
  expect((struct.store as StructStore).children).toHaveLength(2)
})

test('a map has its keys in their order, with a value each', () => {
  const map = column(field('map', { children: [field('int32', { nullable: true })] }), 2)
  map.set(0, { b: 1, a: null })
  expect(map.set(1, { a: 'x' })).toBe(false)
  expect(map.set(1, [])).toBe(false)
  map.set(1, { é: 2 })
  const { offsets, children = [] } = (map.store as MapStore).cut(2)
  expect([...(offsets ?? [])]).toEqual([0, 2, 3])
  expect(Buffer.from(children[0]?.values as Uint8Array).toString()).toBe('baé')
  expect([children[1]?.nulls, children[1]?.values]).toEqual([1, Int32Array.of(1, 0, 2)])
})
