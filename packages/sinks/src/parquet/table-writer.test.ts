import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { readFooter } from '../../test/thrift.ts'
import { packTable } from '../pack/pack-table.ts'
import { loadTableWriter } from './table-writer.ts'

const jobOf = (rows: number) => ({
  kind: 'table' as const,
  table: packTable(Every as never, [Batch.of(Every, new Array(rows).fill(plain))] as never),
  settings: { compression: 'SNAPPY', rowGroupRows: 100, plain: false } as const,
  footer: new Map([['tickets', '{"a":1}']]),
})

test('writes files one after the other, with their metadata, in memory that it uses again', async () => {
  const writer = await loadTableWriter()
  const first = writer.encode(jobOf(30_000))
  const { memory } = writer
  for (let i = 0; i < 5; i++) expect(writer.encode(jobOf(30_000))).toEqual(first)
  expect(writer.memory).toBe(memory)
  expect(readFooter(first)).toMatchObject({ 3: 30_000, 5: [{ 1: Buffer.from('tickets'), 2: Buffer.from('{"a":1}') }] })
})

test('a file that fails leaves the memory to the next one', async () => {
  const writer = await loadTableWriter()
  const job = jobOf(3)
  const good = writer.encode(jobOf(3))
  expect(() => writer.encode({ ...job, table: { ...job.table, slots: job.table.slots.slice(1) } })).toThrow()
  expect(writer.encode(jobOf(3))).toEqual(good)
})
