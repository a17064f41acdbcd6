import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { folder } from '../../test/helpers.ts'
import { KeyedRow, keyedRow } from '../../test/keyed-rows.ts'
import { quick } from '../../test/lake-helpers.ts'
import { written } from '../../test/written.ts'
import { storageAt } from '../disk/disk-storage.ts'
import { type TableKey, tableKey } from '../keyed/table-key.ts'
import { DeletedRows } from './deletes/deleted-rows.ts'
import { KeyedRange } from './deletes/keyed-range.ts'
import type { FileToAdd } from './manifest/manifest.ts'
import { SnapshotFiles } from './manifest/snapshot-files.ts'
import { newSchema } from './spec/iceberg-schema.ts'
import type { TableMetadata } from './spec/metadata.ts'
import { writeRange } from './write-range.ts'

const schema = newSchema(KeyedRow)
const spec = { 'spec-id': 0, fields: [] }
const empty = {
  schemas: [schema],
  'current-schema-id': 0,
  'partition-specs': [spec],
  'last-sequence-number': 0,
  'current-snapshot-id': null,
  snapshots: [],
} as unknown as TableMetadata
const key = tableKey(KeyedRow, { key: 'id', deleteWhen: 'gone' }, 't') as TableKey

/** Writes ranges of one file each, one after the other. */
async function rangesIn(path: string) {
  const storage = storageAt(path, quick)
  const files = new SnapshotFiles(storage)
  let metadata = empty
  return async (id: number, rows: readonly KeyedRow[], isKeyed: boolean) => {
    const bytes = written(KeyedRow, [Batch.of(KeyedRow, rows)])
    await storage.create(`part-${id}.parquet`, [bytes])
    const statistics = { table: 't', spec: 0, sizes: {}, values: {}, nulls: {}, lower: {}, upper: {}, splits: [4] }
    const added: FileToAdd[] = [{ file: { name: `part-${id}.parquet`, rows: rows.length, bytes: bytes.length }, statistics }]
    const range = await writeRange(files, {
      name: 't',
      metadata,
      id,
      groups: [{ schema, spec: { spec, columns: [] }, files: added }],
      added,
      keyed: isKeyed ? new KeyedRange(key, added, new DeletedRows()) : null,
      merges: true,
    })
    const snapshot = { 'snapshot-id': id, 'sequence-number': id, 'timestamp-ms': 0, 'manifest-list': range.list, summary: {} }
    metadata = { ...metadata, 'last-sequence-number': id, 'current-snapshot-id': id, snapshots: [snapshot] }
    return { ...range, manifests: await files.manifestsOf(snapshot) }
  }
}

test('lists the files of a range before those that were there, and the deletes beside them', async () => {
  const add = await rangesIn(await folder())
  const first = await add(1, [keyedRow('a', 1), keyedRow('b', 2)], false)
  expect([first.counts.rows, first.deletes, first.paths.length]).toEqual([2, { files: 0, rows: 0, bytes: 0 }, 2])
  const second = await add(2, [keyedRow('a', 3)], true)
  expect([second.counts.files, second.deletes.files, second.deletes.rows, second.paths.length]).toEqual([1, 1, 1, 4])
  expect(second.manifests.map(({ content, sequence_number }) => [content, sequence_number])).toEqual([
    [0, 2],
    [1, 2],
    [0, 1],
  ])
})

test('a range of which no row stays adds deletes alone', async () => {
  const add = await rangesIn(await folder())
  await add(1, [keyedRow('a', 1)], false)
  const { counts, deletes, manifests } = await add(2, [keyedRow('a', 2, { gone: true })], true)
  expect([counts, deletes.rows]).toEqual([{ files: 0, rows: 0, bytes: 0 }, 1])
  expect(manifests.map(({ content }) => content)).toEqual([1, 0])
})
