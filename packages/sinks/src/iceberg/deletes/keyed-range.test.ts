import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { KeyedRow, keyedRow } from '../../../test/keyed-rows.ts'
import { written } from '../../../test/written.ts'
import { type TableKey, tableKey } from '../../keyed/table-key.ts'
import type { LiveFile } from '../manifest/live-files.ts'
import type { FileToAdd } from '../manifest/manifest.ts'
import { newSchema } from '../spec/iceberg-schema.ts'
import type { TableMetadata } from '../spec/metadata.ts'
import { DeletedRows } from './deleted-rows.ts'
import { type FoundTable, KeyedRange } from './keyed-range.ts'
import { positionDeletes } from './position-deletes.ts'

const spec = { 'spec-id': 0, fields: [{ 'source-id': 3, 'field-id': 1000, name: 'place', transform: 'identity' }] }
const schema = newSchema(KeyedRow)
const metadata = { schemas: [schema], 'current-schema-id': 0, 'partition-specs': [spec] } as unknown as TableMetadata
const key = tableKey(KeyedRow, { key: 'id', deleteWhen: 'gone' }, 't') as TableKey
const fileOf = (rows: readonly KeyedRow[]) => written(KeyedRow, [Batch.of(KeyedRow, rows)])

const contents = new Map<string, Uint8Array>([
  ['t/old.parquet', fileOf([keyedRow('a', 1), keyedRow('b', 2), keyedRow('c', 3)])],
  ['t/other.parquet', fileOf([keyedRow('a', 4), keyedRow('d', 5)])],
  ['t/place=here/new.parquet', fileOf([keyedRow('a', 6), keyedRow('e', 7)])],
  ['t/place=here/gone.parquet', fileOf([keyedRow('c', 8, { gone: true })])],
  ['t/place=here/both.parquet', fileOf([keyedRow('x', 9), keyedRow('x', 10), keyedRow('d', 11, { gone: true })])],
  ['t/deletes.parquet', await positionDeletes([{ address: 't/old.parquet', positions: Int32Array.of(0) }])],
])
const live = (address: string, partition: string, more: Partial<LiveFile> = {}): LiveFile => ({
  address,
  content: 0,
  format: 'PARQUET',
  rows: 3,
  sequence: 3,
  spec: 0,
  partition: [partition],
  partitionFields: [{ name: 'place', type: ['null', 'string'], 'field-id': 1000 }],
  nulls: new Map(),
  lower: new Map(),
  upper: new Map(),
  ...more,
})
const own = (name: string, rows: number): FileToAdd => ({
  file: { name: `place=here/${name}`, rows, bytes: 1 },
  statistics: { table: 't', spec: 0, sizes: {}, values: {}, nulls: {}, lower: {}, upper: {}, splits: [] },
})
const table = (files: readonly LiveFile[]): FoundTable => ({
  name: 'lake.t',
  metadata,
  specs: new Map([[0, { spec, columns: [{ 'field-id': 1000, name: 'place', type: 'string' }] }]]),
  files: async () => files,
  location: 't',
  read: async (address) => contents.get(address) ?? expect.fail(`${address} is not there`),
})
const changes = (files: readonly LiveFile[], added: readonly FileToAdd[]) => new KeyedRange(key, added, new DeletedRows()).changes(table(files))
const said = ({ deletes }: Awaited<ReturnType<typeof changes>>) =>
  deletes.map(({ partition, deleted }) => [partition[0], deleted.map(({ address, positions }) => [address, [...positions]])])

test('a range deletes what it replaces, by partition, and adds the files that have rows to stay', async () => {
  const files = [live('t/old.parquet', 'here'), live('t/other.parquet', 'there')]
  const found = await changes(files, [own('new.parquet', 2), own('gone.parquet', 1)])
  expect(found.added.map(({ file }) => file.name)).toEqual(['place=here/new.parquet'])
  expect(said(found)).toEqual([
    ['here', [['t/old.parquet', [0, 2]]]],
    ['there', [['t/other.parquet', [0]]]],
  ])
})

test('null and the numbers that JSON does not have are partitions of their own', async () => {
  const values = [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 2n ** 60n, 2n ** 60n]
  const files = values.map((value, i) => live(`t/${i % 2 === 0 ? 'old' : 'other'}.parquet`, '', { partition: [value] }))
  const { deletes } = await changes(files, [own('new.parquet', 2)])
  expect(deletes.map(({ partition }) => partition[0])).toEqual(values.slice(0, 7))
})

test('a further try reads no data file again, and leaves out what others have deleted meanwhile', async () => {
  const read: string[] = []
  const reading = (files: readonly LiveFile[]): FoundTable => ({
    ...table(files),
    read: (address) => {
      read.push(address)
      return table([]).read(address)
    },
  })
  const range = new KeyedRange(key, [own('new.parquet', 2), own('gone.parquet', 1)], new DeletedRows())
  const old = live('t/old.parquet', 'here')
  expect(said(await range.changes(reading([old])))).toEqual([['here', [['t/old.parquet', [0, 2]]]]])
  expect(read).toEqual(['t/place=here/new.parquet', 't/place=here/gone.parquet', 't/old.parquet'])
  read.length = 0
  const files = [old, live('t/deletes.parquet', 'here', { content: 1 }), live('t/other.parquet', 'there')]
  for (let tries = 0; tries < 2; tries++) {
    expect(said(await range.changes(reading(files)))).toEqual([
      ['here', [['t/old.parquet', [2]]]],
      ['there', [['t/other.parquet', [0]]]],
    ])
  }
  expect(read).toEqual(['t/deletes.parquet', 't/other.parquet'])
})

test('rows that are deleted already are not deleted again', async () => {
  const files = [live('t/old.parquet', 'here'), live('t/deletes.parquet', 'here', { content: 1 })]
  expect(said(await changes(files, [own('new.parquet', 2)]))).toEqual([])
})

test('a file whose rows are all deleted is not read', async () => {
  const read: string[] = []
  const gone = await positionDeletes([
    { address: 't/old.parquet', positions: Int32Array.of(0, 1, 2) },
    // One more than there are, of which one is not in the file.
    { address: 't/other.parquet', positions: Int32Array.of(1, 2, 3) },
  ])
  contents.set('t/gone.parquet', gone)
  const files = [live('t/old.parquet', 'here'), live('t/other.parquet', 'there', { rows: 2 }), live('t/gone.parquet', 'here', { content: 1 })]
  const found = await new KeyedRange(key, [own('new.parquet', 2)], new DeletedRows()).changes({
    ...table(files),
    read: (address) => {
      read.push(address)
      return table([]).read(address)
    },
  })
  expect(read).toEqual(['t/place=here/new.parquet', 't/gone.parquet', 't/other.parquet'])
  expect(said(found)).toEqual([['there', [['t/other.parquet', [0]]]]])
})

test('rows of the range itself that do not stay are deleted in the same commit', async () => {
  const found = await changes([live('t/other.parquet', 'here')], [own('both.parquet', 3)])
  expect(found.added).toHaveLength(1)
  expect(said(found)).toEqual([
    [
      'here',
      [
        ['t/other.parquet', [1]],
        ['t/place=here/both.parquet', [0, 2]],
      ],
    ],
  ])
})

test.each([
  [live('t/x.orc', 'here', { format: 'ORC' }), null, /data in ORC \(t\/x\.orc\)/],
  [live('t/old.parquet', 'here'), live('e', 'here', { content: 2, sequence: 4 }), /equality deletes \(e\).*rewrite_data_files/],
  [live('t/old.parquet', 'here'), live('d', 'here', { content: 1, format: 'AVRO' }), /position deletes in AVRO/],
  [live('t/old.parquet', 'here'), live('d', 'here', { content: 1, format: 'PUFFIN' }), /position deletes in PUFFIN/],
])('what says nothing here of which rows are there is refused by name: %#', async (data, deletes, message) => {
  const files = deletes ? [data, deletes] : [data]
  await expect(changes(files, [own('new.parquet', 2)])).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(message) })
})

test('equality deletes that are not newer than the data say nothing of it', async () => {
  const files = [live('t/old.parquet', 'here'), live('e', 'here', { content: 2, sequence: 3 })]
  expect(said(await changes(files, [own('new.parquet', 2)]))).toEqual([['here', [['t/old.parquet', [0]]]]])
})
