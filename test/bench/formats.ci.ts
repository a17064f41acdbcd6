import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dataset, writeDatasets } from '../../bench/formats/datasets.ts'
import { measureFormats } from '../../bench/formats/measure.ts'
import { type FormatReader, formatReader } from '../../bench/formats/reader.ts'
import { formatsPage } from '../../bench/pages/formats.ts'
import { circumstances } from '../../bench/runner/machine.ts'

let home: string
let datasets: Dataset[]
let reader: FormatReader
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-formats-'))
  reader = await formatReader()
  datasets = await writeDatasets(home, 20_000)
})
afterAll(async () => {
  reader?.close()
  await rm(home, { recursive: true, force: true })
})

test('every format gives the same answers; Parquet is the smallest and JSON the largest', async () => {
  const formats = await measureFormats(datasets, reader, 1)
  expect(formats.map(({ name, wrong }) => [name, wrong])).toEqual(
    ['Parquet, snappy', 'Parquet, zstd', 'Arrow', 'CSV', 'JSON Lines'].map((name) => [name, []]),
  )
  const bytes = formats.map((one) => one.bytes)
  expect(Math.min(...bytes)).toBe(bytes[1])
  expect(Math.max(...bytes)).toBe(bytes[4])
  const { lines } = formatsPage({ circumstances: circumstances(), rows: 20_000, repeats: 1, formats })
  expect(lines.filter((line) => line.startsWith('| '))).toHaveLength(7)
  expect(lines.join('\n')).toMatch(/\| JSON Lines \| \d+ \| [\d.]+ \| [\d.]+ \| 1\.00 × \|/)
})

test('a dataset that lacks a file is wrong, and is called so', async () => {
  const csv = datasets
    .filter(({ format }) => format !== 'csv')
    .slice(0, 1)
    .concat(datasets.filter(({ format }) => format === 'csv'))
  const path = csv[1]?.path ?? ''
  await rm(join(path, (await readdir(path)).filter((name) => name.startsWith('part-')).at(-1) ?? ''))
  const formats = await measureFormats(csv, reader, 1)
  expect(formats.map(({ wrong }) => wrong)).toEqual([[], expect.arrayContaining(['all', 'teams'])])
  const { lines } = formatsPage({ circumstances: circumstances(), rows: 20_000, repeats: 1, formats })
  expect(lines.join('\n')).toContain('| CSV: WRONG (all, teams')
})
