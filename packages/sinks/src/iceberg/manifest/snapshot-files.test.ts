import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { quick } from '../../../test/lake-helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import type { TableMetadata } from '../spec/metadata.ts'
import { addingManifest } from './manifest.ts'
import { SnapshotFiles } from './snapshot-files.ts'

const metadata = { 'last-sequence-number': 6, 'current-snapshot-id': null } as TableMetadata
const schema = { type: 'struct' as const, 'schema-id': 0, fields: [] }
const statistics = { table: 't', spec: 0, sizes: {}, values: {}, nulls: {}, lower: {}, upper: {}, splits: [4] }
const manifest = addingManifest([{ file: { name: 'part-0.parquet', rows: 2, bytes: 3 }, statistics }], {
  location: 'file:///t',
  schema,
  spec: { spec: { 'spec-id': 0, fields: [] }, columns: [] },
  snapshot: 5,
})
const snapshotOf = (list: string) => ({ 'snapshot-id': 5, 'sequence-number': 7, 'timestamp-ms': 0, 'manifest-list': list, summary: {} })

test('writes a list of new manifests and of those before, and what removes their files', async () => {
  const path = await folder()
  const files = new SnapshotFiles(storageAt(path, quick))
  const first = await files.write(metadata, 5, [manifest], [])
  expect(first.address).toMatch(new RegExp(`^file://${path}/metadata/snap-5-1-.*\\.avro$`))
  const before = await files.manifestsOf(snapshotOf(first.address))
  expect(before).toMatchObject([{ manifest_length: manifest.bytes.length, sequence_number: 7, min_sequence_number: 7, added_files_count: 1 }])
  const second = await files.write({ ...metadata, 'last-sequence-number': 8 }, 6, [manifest], before)
  expect((await files.manifestsOf(snapshotOf(second.address))).map(({ sequence_number }) => sequence_number)).toEqual([9, 7])
  const removing = await files.removing(snapshotOf(second.address), 7)
  expect(removing.map((one) => [one.files, one.rows])).toEqual([
    [1, 2],
    [1, 2],
  ])
  const third = await files.write({ ...metadata, 'last-sequence-number': 9 }, 7, removing, [])
  expect(
    (await files.manifestsOf(snapshotOf(third.address))).map((one) => [one.sequence_number, one.min_sequence_number, one.deleted_files_count]),
  ).toEqual([
    [10, 9, 1],
    [10, 7, 1],
  ])
  await files.remove([...second.paths, 'metadata/none.avro'])
  expect((await readdir(join(path, 'metadata'))).length).toBe(first.paths.length + third.paths.length)
  expect(await files.manifestsOf(null)).toEqual([])
})

test('a manifest that is gone, or lies where the sink does not read, is said', async () => {
  const path = await folder()
  const files = new SnapshotFiles(storageAt(path, quick))
  await expect(files.manifestsOf(snapshotOf(`file://${path}/metadata/none.avro`))).rejects.toMatchObject({
    code: 'TARGET_UNUSABLE',
    message: expect.stringMatching(/is gone/),
  })
  await expect(files.manifestsOf(snapshotOf('s3://other/none.avro'))).rejects.toMatchObject({
    code: 'TARGET_UNUSABLE',
    message: expect.stringMatching(/lies outside of/),
  })
})
