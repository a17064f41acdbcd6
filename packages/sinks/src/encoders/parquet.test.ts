import { compact, type ParquetOptions, parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, duck, type Every, folder, plain } from '../../test/helpers.ts'

const ROWS = 500

/** Four files with texts that do not repeat, texts that do, and times. */
async function write(dir: string, options: ParquetOptions<Every>): Promise<void> {
  const row = (i: number): Every => ({ ...plain, text: `text ${i} ${'x'.repeat(40)}`, at: new Date(Date.parse('2026-11-21T12:00:00.000Z') + i * 37) })
  for (let n = 0; n < 4; n++)
    await commit(
      parquetSink<Every>(dir, options) as never,
      Array.from({ length: ROWS }, (_, i) => row(n * ROWS + i)),
      n,
    )
}

/** The encodings of all columns of a dataset. */
async function encodingsOf(dir: string): Promise<string[]> {
  const found = await duck(`SELECT DISTINCT encodings FROM parquet_metadata('${dir}/*.parquet')`)
  return [...new Set(found.flatMap(({ encodings }) => String(encodings).split(', ')))].sort()
}

const simple = ['PLAIN', 'RLE', 'RLE_DICTIONARY']

test('encodings: plain writes PLAIN and dictionary encodings only, and so does a compaction of such files', async () => {
  const dir = await folder()
  await write(dir, { encodings: 'plain' })
  expect(simple).toEqual(expect.arrayContaining(await encodingsOf(dir)))
  const rows = `SELECT count(*)::INT AS rows, count(DISTINCT text)::INT AS texts, min("at") AS first, max("at") AS last FROM read_parquet('${dir}/*.parquet')`
  const before = await duck(rows)
  expect(before[0]).toMatchObject({ rows: 4 * ROWS, texts: 4 * ROWS })
  expect(await compact(dir)).toMatchObject({ merged: 3, written: 1 })
  expect(simple).toEqual(expect.arrayContaining(await encodingsOf(dir)))
  expect(await duck(rows)).toEqual(before)
})

test('by default times and unique texts are deltas, and a wrong option is refused', async () => {
  const dir = await folder()
  await write(dir, {})
  expect(await encodingsOf(dir)).toEqual(expect.arrayContaining(['DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY']))
  expect(() => parquetSink(dir, { encodings: 'delta' as 'plain' })).toThrow('encodings is one of compact, plain')
})
