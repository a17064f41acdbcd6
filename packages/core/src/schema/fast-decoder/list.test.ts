import { expect, test } from 'vitest'
import { columnBuilder } from '../../batch/builder.ts'
import { valueReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'
import type { ListStore } from '../../store/nested-stores.ts'
import type { FixedStore } from '../../store/stores.ts'
import { bytesOf } from './decoders.fixture.ts'
import { listReader } from './list.ts'
import { numberReader } from './number.ts'
import { UNSURE } from './read.ts'

const element: Field = { name: 'element', kind: 'number', values: [], optional: false, nullable: false }
const field: Field = { ...element, name: 'c', kind: 'list', children: [element] }
const bounds = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY, above: Number.NEGATIVE_INFINITY, below: Number.POSITIVE_INFINITY }
function read(text: string, limits = { min: 0, max: 4 }): unknown {
  const builder = columnBuilder(field)
  builder.reserve(1)
  const store = builder.store as ListStore
  const bytes = bytesOf(text)
  const numbers = numberReader(store.element.store as FixedStore, { integer: false, ...bounds })
  const end = listReader(store, numbers, limits)(bytes, new DataView(bytes.buffer), 0, bytes.length, 0)
  return end === UNSURE ? UNSURE : [valueReader(field, builder.finish(1))(0), end]
}

test.each([
  ['[]', [], 2],
  ['[ ]x', [], 3],
  ['[1]', [1], 3],
  ['[1,2.5 ,\n3],', [1, 2.5, 3], 11],
])('%j is a list', (text, values, end) => {
  expect(read(text)).toEqual([values, end])
})

test.each(['[', '[1', '[1,', '[1,]', '[,1]', '[1 2]', '[1}', '{}', '1', '', '["a"]', '[1,2,3,4,5]'])('%j is left to zod', (text) => {
  expect(read(text)).toBe(UNSURE)
})

test('a list has as many elements as its rule says', () => {
  expect(read('[1]', { min: 2, max: 2 })).toBe(UNSURE)
  expect(read('[1,2]', { min: 2, max: 2 })).toEqual([[1, 2], 5])
})
