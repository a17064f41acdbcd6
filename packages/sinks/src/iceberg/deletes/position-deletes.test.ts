import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { positionDeletes, readPositionDeletes } from './position-deletes.ts'

const deleted = [
  { address: 'file:///t/a.parquet', positions: Int32Array.of(0, 3) },
  { address: `file:///t/${'é'.repeat(200)}.parquet`, positions: Int32Array.of(7) },
]

test('a file of deletes has the two columns of the table spec, by their ids, and no nulls', async () => {
  const bytes = Uint8Array.from(await positionDeletes(deleted))
  const { schema } = parquetMetadata(bytes.buffer)
  expect(schema.slice(1).map(({ name, type, repetition_type, field_id }) => [name, type, repetition_type, field_id])).toEqual([
    ['file_path', 'BYTE_ARRAY', 'REQUIRED', 2147483546],
    ['pos', 'INT64', 'REQUIRED', 2147483545],
  ])
  const rows = await parquetReadObjects({ file: bytes.buffer })
  expect(rows.map(({ file_path, pos }) => [file_path, Number(pos)])).toEqual([
    ['file:///t/a.parquet', 0],
    ['file:///t/a.parquet', 3],
    [deleted[1]?.address, 7],
  ])
})

test('reads the positions of each file', async () => {
  const found = await readPositionDeletes(await positionDeletes(deleted))
  expect([...found]).toEqual(deleted.map(({ address, positions }) => [address, [...positions]]))
})
