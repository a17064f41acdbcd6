import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { CREATED_BY, type Manifest, readManifest, schemaIn, versionsIn, writeManifest } from './versions.ts'

const manifest: Manifest = { dataset: 'tickets', version: 1, schema: { name: 'row', fields: [] }, createdBy: CREATED_BY, log: 'log1' }

test('a manifest is written once, and read back', async () => {
  const dir = await folder()
  expect(await readManifest(nodeFiles, dir)).toBe(null)
  await writeManifest(nodeFiles, dir, manifest)
  await writeManifest(nodeFiles, dir, { ...manifest, log: 'log2' })
  expect(await readManifest(nodeFiles, dir)).toMatchObject(manifest)
})

test('versions are the folders v1, v2 …, in the order of their numbers, where no files lie beside them', async () => {
  const dir = await folder()
  for (const name of ['v10', 'v2', 'v0', 'vx', 'other']) await mkdir(join(dir, name))
  expect(await versionsIn(nodeFiles, dir)).toEqual([2, 10])
  await writeFile(join(dir, 'part-log1-t-0-0-0.jsonl'), '')
  expect(await versionsIn(nodeFiles, dir)).toEqual([])
  expect(await versionsIn(nodeFiles, join(dir, 'missing'))).toEqual([])
})

test('the schema of a flow is the one in the pipeline record', () => {
  const record = (fingerprint: unknown) => ({ fingerprint }) as never
  expect(schemaIn(record({ flows: { all: { schema: { name: 'row', fields: [] } } } }), 'all')).toEqual({ name: 'row', fields: [] })
  expect(schemaIn(record({ flows: {} }), 'toString')).toBe(null)
})
