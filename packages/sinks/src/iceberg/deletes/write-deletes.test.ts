import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { quick } from '../../../test/lake-helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { liveFiles } from '../manifest/live-files.ts'
import type { ManifestFile } from '../manifest/manifest-list.ts'
import { SnapshotFiles } from '../manifest/snapshot-files.ts'
import type { TableMetadata } from '../spec/metadata.ts'
import { readPositionDeletes } from './position-deletes.ts'
import { writeDeletes } from './write-deletes.ts'

const schema = { type: 'struct' as const, 'schema-id': 0, fields: [{ id: 1, name: 'place', required: false, type: 'string' }] }
const spec = (id: number, transform: string) => ({ 'spec-id': id, fields: [{ 'source-id': 1, 'field-id': 1000, name: 'place', transform }] })
const metadata = { 'partition-specs': [spec(0, 'identity'), spec(1, 'truncate[10]')] } as unknown as TableMetadata
const texts = [{ name: 'place', type: ['null', 'string'], default: null, 'field-id': 1000 }]
const numbers = [{ name: 'place_trunc', type: ['null', 'int'], default: null, 'field-id': 1000 }]

test('writes a file of each partition, sorted by address, and a manifest of each spec', async () => {
  const files = new SnapshotFiles(storageAt(await folder(), quick))
  const at = (address: string, ...positions: number[]) => ({ address, positions: Int32Array.from(positions) })
  const { manifests, paths, counts } = await writeDeletes(
    [
      { spec: 0, partition: ['x'], fields: texts, deleted: [at('b', 1), at('a', 2, 3)] },
      { spec: 0, partition: [null], fields: texts, deleted: [at('c', 0)] },
      { spec: 1, partition: [2], fields: numbers, deleted: [at('d', 5)] },
    ],
    { files, metadata, schema, snapshot: 9 },
  )
  expect([paths.length, counts.files, counts.rows]).toEqual([3, 3, 5])
  const found = manifests.map(({ bytes, entry }) =>
    liveFiles(bytes, { manifest_path: 'm', sequence_number: 1, partition_spec_id: entry.partition_spec_id } as ManifestFile, new Set()),
  )
  expect(found.map((some) => some.map(({ spec: id, partition }) => [id, partition[0]]))).toEqual([
    [
      [0, 'x'],
      [0, null],
    ],
    [[1, 2]],
  ])
  const contents = await Promise.all(found.flat().map(async ({ address }) => [...(await readPositionDeletes(await files.read(address)))]))
  expect(contents).toEqual([
    [
      ['a', [2, 3]],
      ['b', [1]],
    ],
    [['c', [0]]],
    [['d', [5]]],
  ])
  expect(manifests.map(({ entry }) => entry.partitions === null)).toEqual([false, true])
})

test('of files by a column that was dropped nothing is said, so that readers look into the manifest', async () => {
  const files = new SnapshotFiles(storageAt(await folder(), quick))
  const deleted = [{ address: 'a', positions: Int32Array.of(1) }]
  const { manifests } = await writeDeletes([{ spec: 0, partition: ['x'], fields: texts, deleted }], {
    files,
    metadata,
    schema: { ...schema, fields: [] },
    snapshot: 9,
  })
  expect(manifests.map(({ entry }) => entry.partitions)).toEqual([null])
})

test('nothing is written for a range that deletes nothing', async () => {
  const files = new SnapshotFiles(storageAt(await folder(), quick))
  expect(await writeDeletes([], { files, metadata, schema, snapshot: 9 })).toEqual({
    manifests: [],
    paths: [],
    counts: { files: 0, rows: 0, bytes: 0 },
  })
})
