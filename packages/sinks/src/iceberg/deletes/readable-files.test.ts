import { expect, test } from 'vitest'
import type { LiveFile } from '../manifest/live-files.ts'
import { readableDeletes } from './readable-files.ts'

const file = (address: string, more: Partial<LiveFile> = {}): LiveFile => ({
  address: `t/${address}`,
  content: 0,
  format: 'PARQUET',
  rows: 9,
  sequence: 3,
  spec: 0,
  partition: ['here'],
  partitionFields: [],
  nulls: new Map(),
  lower: new Map(),
  upper: new Map(),
  ...more,
})
const data = file('a')
const read = (deletes: Partial<LiveFile>, some: readonly LiveFile[] = [data]) =>
  readableDeletes(some, [...some, file('d', deletes)], { name: 'lake.t', location: 't' }).map(({ address }) => address)
const refused = (message: RegExp) => expect.objectContaining({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(message) })

test('position deletes in Parquet are read, whatever they apply to', () => {
  expect([read({ content: 1 }), read({ content: 1, sequence: 1 }), read({ content: 1 }, [])]).toEqual([['t/d'], ['t/d'], ['t/d']])
})

test('what says in another way which rows are there is refused by name', () => {
  expect(() => read({ content: 2, sequence: 4 })).toThrow(refused(/lake\.t has equality deletes \(t\/d\).*rewrite_data_files/))
  expect(() => read({ content: 1, format: 'AVRO' })).toThrow(refused(/position deletes in AVRO/))
  expect(() => read({ content: 1, address: 'u/d' })).toThrow(refused(/position deletes outside of t \(u\/d\)/))
  expect(() => read({ content: 1 }, [file('x', { format: 'ORC' })])).toThrow(refused(/data in ORC \(t\/x\)/))
  expect(() => read({ content: 1 }, [file('x', { address: 'u/x' })])).toThrow(refused(/data outside of t \(u\/x\)/))
})

test('deletes that apply to none of the data say nothing of it', () => {
  const elsewhere = { partition: ['there'], sequence: 9 }
  expect(read({ content: 2, sequence: 3 }), 'equality deletes of the same commit').toEqual([])
  expect([
    read({ content: 2, ...elsewhere }),
    read({ content: 1, format: 'AVRO', ...elsewhere }),
    read({ content: 2, spec: 1, sequence: 9 }),
  ]).toEqual([[], [], []])
  expect(() => read({ content: 2, spec: 1, partition: [], sequence: 9 }), 'equality deletes of all partitions').toThrow(refused(/equality/))
  expect(read({ content: 1, format: 'AVRO', sequence: 2 })).toEqual([])
})
