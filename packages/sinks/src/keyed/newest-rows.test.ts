import { Batch } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { KeyedRow, keyedRow } from '../../test/keyed-rows.ts'
import { newestRows } from './newest-rows.ts'
import { tableKey } from './table-key.ts'

const Windows = schemaOfFields(KeyedRow.fields, { name: 'windows', keys: ['id'] })
const found = (schema: typeof Windows, rows: readonly KeyedRow[]) => {
  const key = tableKey(schema, { key: 'id', deleteWhen: 'gone' }, 'file:/t')
  if (!key) expect.fail('there is a key')
  return newestRows(Batch.of(schema, rows as never), key).map((batch) =>
    ([...batch] as KeyedRow[]).map(({ id, n, gone }) => `${id}${n}${gone ? ' gone' : ''}`),
  )
}

test('6.8 of rows with one key the last stays, those that delete apart', () => {
  const rows = [keyedRow('a', 1), keyedRow('b', 2), keyedRow('a', 3), keyedRow('c', 4, { gone: true }), keyedRow('b', 5, { gone: true })]
  expect(found(KeyedRow as never, [...rows, keyedRow('d', 6, { gone: true }), keyedRow('d', 7)])).toEqual([
    ['a3', 'd7'],
    ['c4 gone', 'b5 gone'],
  ])
  expect(found(KeyedRow as never, rows.slice(3, 4))).toEqual([['c4 gone']])
})

test('6.8 of rows with a revision the highest stays, and of equal ones the last', () => {
  const rows = [keyedRow('a', 1, { revision: 2 }), keyedRow('a', 2, { revision: 1 }), keyedRow('b', 3), keyedRow('b', 4)]
  expect(found(Windows, rows)).toEqual([['a1', 'b4']])
})

test('rows that all stay are not copied', () => {
  const batch = Batch.of(KeyedRow, [keyedRow('a', 1), keyedRow('b', 2)])
  expect(newestRows(batch, tableKey(KeyedRow, { key: 'id' }, 'file:/t') as never)[0]).toBe(batch)
})
