import { Batch } from '@tickets/core'
import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { KeyedRow, keyedRow } from '../../../test/keyed-rows.ts'
import { parquetEncoder } from '../../encoders/parquet.ts'
import { parquetFormat } from './parquet.ts'
import { withoutRows } from './without-rows.ts'

const ROWS = 100
/** Row groups of 7 rows, so that what goes lies in several. */
const encoder = parquetEncoder({ compression: 'snappy', rowGroupRows: 7, encodings: 'compact', encodeWorkers: 0 })
const footer = new Map([['tickets', JSON.stringify({ schema: 'keyed', version: 1, keys: [], flow: 'all', task: 't', from: '0', to: '9' })]])
const file = async () => {
  const bytes = await encoder.encode(
    KeyedRow,
    [
      Batch.of(
        KeyedRow,
        Array.from({ length: ROWS }, (_, i) => keyedRow(`k${i}`, i)),
      ),
    ],
    footer,
  )
  return bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes)
}
const numbersIn = async (parts: readonly Uint8Array[]) =>
  (await parquetReadObjects({ file: Uint8Array.from(Buffer.concat(parts)).buffer, columns: ['n'] })).map(({ n }) => Number(n))

test.each([
  ['one row', [50]],
  ['the first and the last', [0, ROWS - 1]],
  ['whole row groups', Array.from({ length: 21 }, (_, i) => i + 3)],
  ['every other row', Array.from({ length: ROWS / 2 }, (_, i) => 2 * i)],
  ['all but one', Array.from({ length: ROWS }, (_, i) => i).filter((i) => i !== 41)],
])('a file without %s has the others, in their order', async (_, dropped) => {
  const { parts, rows } = await withoutRows(await file(), Int32Array.from(dropped))
  const left = Array.from({ length: ROWS }, (__, i) => i).filter((i) => !dropped.includes(i))
  expect([rows, await numbersIn(parts)]).toEqual([left.length, left])
})

test('columns and footer stay, so that the file can still be merged with others', async () => {
  const [before, { parts }] = [await file(), await withoutRows(await file(), Int32Array.of(3))]
  const [old, made] = [await parquetFormat.open(before), await parquetFormat.open(Buffer.concat(parts))]
  expect([made.shape, made.footer]).toEqual([old.shape, old.footer])
  for (const one of [old, made]) one.close()
})

test('a file without all of its rows is none', async () => {
  expect(
    await withoutRows(
      await file(),
      Int32Array.from({ length: ROWS }, (_, i) => i),
    ),
  ).toEqual({ parts: [], rows: 0 })
})
