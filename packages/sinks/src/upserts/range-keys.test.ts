import { Batch, type Schema } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { KeyedRow, keyedRow } from '../../test/keyed-rows.ts'
import { parquetEncoder } from '../encoders/parquet.ts'
import { type AnyKeyOptions, type TableKey, tableKey } from '../keyed/table-key.ts'
import { type KeyedFile, RangeKeys, withoutDeleted } from './range-keys.ts'

const Windows = schemaOfFields(KeyedRow.fields, { name: 'windows', keys: ['id'] })
const keyOf = (options: AnyKeyOptions, schema: Schema<unknown> = KeyedRow): TableKey => {
  const key = tableKey(schema, options, 'file:/t')
  if (!key) expect.fail('there is a key')
  return key
}
const encoder = parquetEncoder({ compression: 'zstd', rowGroupRows: 3, encodings: 'compact', encodeWorkers: 0 })

async function file(rows: readonly KeyedRow[], schema: Schema<unknown> = KeyedRow): Promise<KeyedFile> {
  const bytes = await encoder.encode(schema, rows.length > 0 ? [Batch.of(schema, rows)] : [], new Map())
  const whole = bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes)
  return { read: async () => whole }
}

test('finds the rows of a file that a range replaces or deletes, by their positions', async () => {
  const rows = Array.from({ length: 10 }, (_, i) => keyedRow(`k${i}`, i))
  const range = await RangeKeys.read(keyOf({ key: 'id', deleteWhen: 'gone' }), [
    await file([keyedRow('k7', 100), keyedRow('new', 101)]),
    await file([keyedRow('k2', 102, { gone: true }), keyedRow('none', 103, { gone: true })]),
  ])
  const found = await range.superseded(await file(rows))
  expect(found).toEqual({ rows: Int32Array.of(2, 7), length: 10, newer: [] })
  expect(range.dropped([found])).toEqual([
    { rows: new Int32Array(), length: 2 },
    { rows: Int32Array.of(0, 1), length: 2 },
  ])
})

test('6.8 within a range the later row stays, whichever file it is in', async () => {
  const range = await RangeKeys.read(keyOf({ key: 'id' }), [
    await file([keyedRow('a', 1), keyedRow('a', 2), keyedRow('b', 3)]),
    await file([keyedRow('b', 4)]),
  ])
  expect(range.dropped([]).map(({ rows }) => [...rows])).toEqual([[0, 2], []])
})

test('6.8 the highest revision stays, and at equal ones that of the range', async () => {
  const range = await RangeKeys.read(keyOf({}, Windows), [
    await file([keyedRow('a', 1, { revision: 2 }), keyedRow('b', 2, { revision: 2 }), keyedRow('c', 3, { revision: 2 })], Windows),
    await file([keyedRow('a', 4, { revision: 1 }), keyedRow('c', 5, { revision: 2 })], Windows),
  ])
  const table = [keyedRow('a', 6, { revision: 1 }), keyedRow('b', 7, { revision: 3 }), keyedRow('c', 8, { revision: 2 })]
  const found = await range.superseded(await file(table, Windows))
  expect([[...found.rows], found.newer]).toEqual([[0, 2], [{ row: 1, key: '["b"]' }]])
  expect(range.dropped([found]).map(({ rows }) => [...rows])).toEqual([[1, 2], [0]])
})

test('6.8 null is a key of its own, rows that are deleted already do not count, and a file may have no rows', async () => {
  const range = await RangeKeys.read(keyOf({}, Windows), [await file([keyedRow(null, 1), keyedRow('null', 2)], Windows), await file([], Windows)])
  const table = await file([keyedRow('null', 3, { revision: 9 }), keyedRow(null, 4), keyedRow('x', 5)], Windows)
  const found = await range.superseded(table)
  expect(found).toEqual({ rows: Int32Array.of(1), length: 3, newer: [{ row: 0, key: '["null"]' }] })
  expect(withoutDeleted(found, new Set([0]))).toEqual({ rows: Int32Array.of(1), length: 3, newer: [] })
  expect(range.dropped([]).map(({ length }) => length)).toEqual([2, 0])
})

test('what is known of a file is true whatever is deleted of it by then', async () => {
  const at = (rows: readonly (readonly [id: string, revision: number])[]) =>
    file(
      rows.map(([id, revision]) => keyedRow(id, 0, { revision })),
      Windows,
    )
  const range = await RangeKeys.read(keyOf({}, Windows), [
    await at([
      ['a', 2],
      ['b', 2],
      ['c', 2],
    ]),
  ])
  const found = await range.superseded(
    await at([
      ['x', 9],
      ['b', 3],
      ['a', 1],
      ['a', 4],
      ['c', 2],
      ['b', 5],
      ['a', 2],
    ]),
  )
  const newer = [
    { row: 1, key: '["b"]' },
    { row: 3, key: '["a"]' },
    { row: 5, key: '["b"]' },
  ]
  expect(found).toEqual({ rows: Int32Array.of(2, 4, 6), length: 7, newer })
  for (let bits = 0; bits < 128; bits++) {
    const deleted = new Set([0, 1, 2, 3, 4, 5, 6].filter((row) => (bits >> row) % 2 === 1))
    const isLeft = (row: number) => (bits & (1 << row)) === 0
    const left = { rows: Int32Array.from([2, 4, 6].filter(isLeft)), length: 7, newer: newer.filter(({ row }) => isLeft(row)) }
    expect(withoutDeleted(found, deleted)).toEqual(left)
  }
  expect(withoutDeleted(found, new Set())).toEqual(found)
})

test('columns that stand in the path are not read, and may be the whole key', async () => {
  const read = await RangeKeys.read(keyOf({ key: ['place', 'id'] }), [
    { ...(await file([keyedRow('a', 1)])), constants: new Map([['place', 'there']]) },
  ])
  const table = await file([keyedRow('a', 1)])
  expect([...(await read.superseded(table)).rows]).toEqual([])
  expect([...(await read.superseded({ ...table, constants: new Map([['place', 'there']]) })).rows]).toEqual([0])
  const whole = await RangeKeys.read(keyOf({ key: 'place' }), [await file([keyedRow('a', 1)])])
  expect([
    ...(await whole.superseded({ ...(await file([keyedRow('a', 1), keyedRow('b', 1)])), constants: new Map([['place', 'here']]) })).rows,
  ]).toEqual([0, 1])
})

test('says between which values the keys are', async () => {
  const range = await RangeKeys.read(keyOf({ key: ['at', 'id'] }), [await file([keyedRow('b', 5), keyedRow('d', 9)])])
  expect([range.bounds('id')?.mayMeet('e', 'f'), range.bounds('id')?.mayMeet('a', 'c'), range.bounds('at')?.mayMeet(9, 10)]).toEqual([
    false,
    true,
    true,
  ])
  expect(range.bounds('n')).toBe(undefined)
})
