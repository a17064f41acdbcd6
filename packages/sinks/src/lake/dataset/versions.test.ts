import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { CREATED_BY, type Manifest, readManifest, schemaIn, versionsIn, writeManifest } from './versions.ts'

const manifest: Manifest = { dataset: 'tickets', version: 1, schema: { name: 'row', fields: [] }, createdBy: CREATED_BY, log: 'log1' }

test('a manifest is written once, and read back', async () => {
  const dir = await folder()
  expect(await readManifest(storageAt(dir))).toBe(null)
  await writeManifest(storageAt(dir), manifest)
  await writeManifest(storageAt(dir), { ...manifest, log: 'log2' })
  expect(await readManifest(storageAt(dir))).toMatchObject(manifest)
})

test('versions are the folders v1, v2 …, in the order of their numbers, where no files lie beside them', async () => {
  const dir = await folder()
  for (const name of ['v10', 'v2', 'v0', 'vx', 'other']) await mkdir(join(dir, name))
  expect(await versionsIn(storageAt(dir))).toEqual([2, 10])
  await writeFile(join(dir, 'part-log1-t-0-0-0.jsonl'), '')
  expect(await versionsIn(storageAt(dir))).toEqual([])
  expect(await versionsIn(storageAt(join(dir, 'missing')))).toEqual([])
})

test('the schema of a flow is the one in the pipeline record', () => {
  const record = (fingerprint: unknown) => ({ fingerprint }) as never
  expect(schemaIn(record({ flows: { all: { schema: { name: 'row', fields: [] } } } }), 'all')).toEqual({ name: 'row', fields: [] })
  expect(schemaIn(record({ flows: {} }), 'toString')).toBe(null)
})
