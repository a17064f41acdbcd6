import { expect, test } from 'vitest'
import { namesIn, resolved } from './avro-schema.ts'

test('a name stands for the type that was defined under it', () => {
  const item = { type: 'record', name: 'item', namespace: 'a.b', fields: [] }
  const names = namesIn({ type: 'record', name: 'row', fields: [{ name: 'x', type: ['null', { type: 'array', items: item }] }] })
  expect(resolved('other', names)).toBe('other')
  expect(resolved(item, names)).toBe(item)
  expect([resolved('item', names), resolved('a.b.item', names), resolved({ type: item }, names)]).toEqual([item, item, item])
  expect(resolved(['null', 'int'], names)).toEqual(['null', 'int'])
})
