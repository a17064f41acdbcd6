import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { layer, quick } from '../../../test/lake-helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import type { TableMetadata } from '../spec/metadata.ts'
import { addingManifest } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'
import { type KnownManifests, SnapshotFiles } from './snapshot-files.ts'

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

test('manifests that are known are not read again, and those that are listed no longer are forgotten', async () => {
  const read: string[] = []
  const counting = layer(async (name, act) => {
    if (name.startsWith('read')) read.push(name)
    return act()
  })
  const files = new SnapshotFiles(storageAt(await folder(), counting))
  const listed = await files.manifestsOf(snapshotOf((await files.write(metadata, 5, [manifest, manifest], [])).address))
  const known: KnownManifests = new Map()
  read.length = 0
  const found = await files.filesIn(listed, new Set(), known)
  expect([found.map(({ address }) => address), read.length]).toEqual([['file:///t/part-0.parquet', 'file:///t/part-0.parquet'], 2])
  expect(await files.filesIn(listed, new Set(), known)).toEqual(found)
  expect([await files.filesIn(listed.slice(1), new Set(), known), read.length, known.size]).toEqual([found.slice(1), 2, 1])
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

const settings = { isEnabled: true, minCount: 3, targetBytes: 1_000_000 }
/** A storage that says which manifests are read. */
async function counting() {
  const storage = storageAt(await folder(), quick)
  const read: string[] = []
  const counted = {
    location: storage.location,
    read: (path: string) => {
      read.push(path)
      return storage.read(path)
    },
    create: storage.create.bind(storage),
    replace: storage.replace.bind(storage),
    names: storage.names.bind(storage),
    remove: storage.remove.bind(storage),
    removeLeftovers: storage.removeLeftovers.bind(storage),
  }
  return { files: new SnapshotFiles(counted), read }
}
/** Writes a list of some manifests more, and returns what it says. */
async function listedWith(files: SnapshotFiles, count: number, before: readonly ManifestFile[] = []) {
  const list = await files.write(
    metadata,
    5,
    Array.from({ length: count }, () => manifest),
    before,
  )
  return files.manifestsOf(snapshotOf(list.address))
}

test('many small manifests become one, unless the table says otherwise', async () => {
  const { files } = await counting()
  const listed = await listedWith(files, 3)
  const { added, kept } = await files.merge(listed, settings, 8)
  expect([added.length, kept]).toEqual([1, []])
  expect(added[0]?.entry).toMatchObject({ existing_files_count: 3, existing_rows_count: 6, min_sequence_number: 7, added_snapshot_id: 8 })
  const list = await files.write({ ...metadata, 'last-sequence-number': 7 }, 8, added, kept)
  expect(await files.manifestsOf(snapshotOf(list.address))).toMatchObject([{ sequence_number: 8, min_sequence_number: 7, existing_files_count: 3 }])
  expect(await files.merge(listed, { ...settings, isEnabled: false }, 8)).toEqual({ added: [], kept: listed })
  expect(await files.merge(listed, { ...settings, minCount: 4 }, 8)).toEqual({ added: [], kept: listed })
})

test('manifests that are gone, elsewhere or of another kind stay listed, and none is read twice to find that out', async () => {
  const { files, read } = await counting()
  const listed = await listedWith(files, 2)
  const [first] = listed as [ManifestFile]
  const others = [`${first.manifest_path}-gone`, 'file:///elsewhere/m.avro'].map((manifest_path) => ({ ...first, manifest_path }))
  read.length = 0
  expect(await files.merge([...listed, ...others], settings, 8)).toEqual({ added: [], kept: [...listed, ...others] })
  expect(read).toHaveLength(3)
  await files.merge([...listed, ...others], settings, 8)
  expect(read).toHaveLength(3)
  const more = await listedWith(files, 1, [...listed, ...others])
  read.length = 0
  const { added, kept } = await files.merge(more, settings, 8)
  expect([added[0]?.entry.existing_files_count, kept.map(({ manifest_path }) => manifest_path)]).toEqual([
    3,
    others.map(({ manifest_path }) => manifest_path),
  ])
  expect(read).toHaveLength(3)
})
