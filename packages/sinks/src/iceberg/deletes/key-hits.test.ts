import { Batch, type Schema } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { KeyedRow, keyedRow } from '../../../test/keyed-rows.ts'
import { written } from '../../../test/written.ts'
import { RangeKeys } from '../../keyed/range-keys.ts'
import { type TableKey, tableKey } from '../../keyed/table-key.ts'
import { hitsLeft, keyHits } from './key-hits.ts'

const Revised = schemaOfFields(KeyedRow.fields, { name: 'keyed', version: 1, keys: ['id'] }) as unknown as Schema<KeyedRow>
const key = tableKey(Revised, { key: 'id' }, 't') as TableKey
const fileOf = (rows: readonly (readonly [string, number])[]) => {
  const bytes = written(KeyedRow, [
    Batch.of(
      KeyedRow,
      rows.map(([id, revision]) => keyedRow(id, 0, { revision })),
    ),
  ])
  return { read: async () => bytes }
}
const keys = await RangeKeys.read(key, [
  fileOf([
    ['a', 2],
    ['b', 2],
    ['c', 2],
  ]),
])
const file = fileOf([
  ['x', 9],
  ['b', 3],
  ['a', 1],
  ['a', 4],
  ['c', 2],
  ['b', 5],
  ['a', 2],
])

test('what is known of a file is what asking it anew would say, whatever is deleted by then', async () => {
  const hits = await keyHits(keys, file)
  expect(hits).toEqual({
    rows: Int32Array.of(2, 4, 6),
    newer: [
      { row: 1, key: '["b"]' },
      { row: 3, key: '["a"]' },
      { row: 5, key: '["b"]' },
    ],
  })
  for (let bits = 0; bits < 128; bits++) {
    const deleted = new Set([0, 1, 2, 3, 4, 5, 6].filter((row) => (bits >> row) % 2 === 1))
    const { rows, newer } = await keys.superseded({ ...file, isDeleted: (row) => deleted.has(row) })
    expect(hitsLeft(hits, deleted)).toEqual({ rows, newer })
  }
  expect(hitsLeft(hits)).toEqual({ rows: hits.rows, newer: ['["b"]', '["a"]', '["b"]'] })
})
