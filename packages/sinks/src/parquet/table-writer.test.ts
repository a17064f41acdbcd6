import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { readFooter } from '../../test/thrift.ts'
import { packTable } from '../pack/pack-table.ts'
import type { TableJob } from './parquet-job.ts'
import { loadTableWriter } from './table-writer.ts'

const jobOf = (rows: number) => ({
  kind: 'table' as const,
  file: rows,
  before: 0,
  table: packTable(Every as never, [Batch.of(Every, new Array(rows).fill(plain))] as never),
  settings: { compression: 'SNAPPY', rowGroupRows: 100, plain: false } as const,
  footer: new Map([['tickets', '{"a":1}']]),
})

/** The parts that jobs give. */
async function loaded() {
  const writer = await loadTableWriter()
  return { writer, encode: (job: TableJob) => writer.encode(job).parts }
}

test('writes files one after the other, with their metadata, in memory that it uses again', async () => {
  const { writer, encode } = await loaded()
  const first = encode(jobOf(30_000))
  const { memory } = writer
  for (let i = 0; i < 5; i++) expect(encode(jobOf(30_000))).toEqual(first)
  expect(writer.memory).toBe(memory)
  expect(readFooter(Buffer.concat(first))).toMatchObject({ 3: 30_000, 5: [{ 1: Buffer.from('tickets'), 2: Buffer.from('{"a":1}') }] })
})

test('a file that fails leaves the memory to the next one', async () => {
  const { encode } = await loaded()
  const job = jobOf(3)
  const good = encode(jobOf(3))
  expect(() => encode({ ...job, table: { ...job.table, slots: job.table.slots.slice(1) } })).toThrow()
  expect(encode(jobOf(3))).toEqual(good)
})

test('writes several files at a time from the rows that come, with the bytes of each from all of its rows', async () => {
  const { encode } = await loaded()
  const [small, large] = [jobOf(40), jobOf(25_000)].map((job) => Buffer.concat(encode(job)))
  const pieceOf = (file: number, before: number, rows: number, isLast: boolean) => ({
    ...jobOf(rows),
    file,
    before,
    ...(!isLast && { footer: null }),
  })
  expect(encode(pieceOf(1, 0, 20_000, false))).toEqual([])
  expect(encode(pieceOf(2, 0, 30, false))).toEqual([])
  expect(encode(pieceOf(1, 20_000, 4000, false))).toEqual([])
  expect(Buffer.concat(encode(pieceOf(2, 30, 10, true)))).toEqual(small)
  expect(Buffer.concat(encode(pieceOf(1, 24_000, 1000, true)))).toEqual(large)
})

test('a file of which rows are missing, or that was given up, is refused', async () => {
  const { writer, encode } = await loaded()
  const piece = { ...jobOf(3), footer: null }
  encode(piece)
  expect(() => encode({ ...jobOf(3), before: 6 })).toThrow('a file has 3 rows where 6 were handed over')
  encode(piece)
  writer.drop(3)
  expect(() => encode({ ...jobOf(3), before: 3 })).toThrow('a file has 0 rows where 3 were handed over')
})

test('gives back the buffers of rows that are encoded, those of earlier jobs too', async () => {
  const writer = await loadTableWriter()
  const pieces = [12_000, 12_000, 12_000].map((rows, i) => ({
    ...jobOf(rows),
    settings: { compression: 'SNAPPY', rowGroupRows: 1 << 20, plain: false } as const,
    file: 1,
    before: 12_000 * i,
    ...(i < 2 && { footer: null }),
  }))
  const spare = pieces.map((piece) => writer.encode(piece).spare)
  expect(spare).toEqual([[], [pieces[0]?.table.buffer], [pieces[1], pieces[2]].map((piece) => piece?.table.buffer)])
})
