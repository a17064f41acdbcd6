import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { quick } from '../../../test/lake-helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { fileCatalog } from './file-catalog.ts'

const schema = { type: 'struct' as const, 'schema-id': 0, fields: [] }
const table = { location: 'file:///t', schema, spec: { 'spec-id': 0, fields: [] }, properties: {} }
const set = (name: string) => ({ requirements: [], updates: [{ action: 'set-properties' as const, updates: { [name]: 'x' } }] })

async function opened() {
  const path = await folder()
  const open = () => fileCatalog().table(undefined, storageAt(path, quick), '')
  return { path, open, one: open(), two: open() }
}
const propertiesOf = async (by: ReturnType<Awaited<ReturnType<typeof opened>>['open']>) => Object.keys((await by.load())?.properties ?? {})

test('of two that make a table, or its next version, one does, and the other reads it first', async () => {
  const { path, one, two } = await opened()
  expect([await one.load(), await two.load()]).toEqual([null, null])
  await one.create(table)
  await two.create(table)
  expect((await two.load())?.['table-uuid']).toBe((await one.load())?.['table-uuid'])
  expect([await one.commit(set('a')), await two.commit(set('b'))]).toEqual([true, false])
  expect(await propertiesOf(two)).toEqual(['a'])
  expect([await two.commit(set('b')), await one.commit(set('c'))]).toEqual([true, false])
  expect(await propertiesOf(one)).toEqual(['a', 'b'])
  expect((await readdir(join(path, 'metadata'))).sort()).toEqual(['v1.metadata.json', 'v2.metadata.json', 'v3.metadata.json', 'version-hint.text'])
  expect(await readFile(join(path, 'metadata/version-hint.text'), 'utf8')).toBe('3')
})

test('a hint that is old, or gone, is no loss; one that names nothing is said', async () => {
  const { path, one, open } = await opened()
  await one.create(table)
  for (const name of ['a', 'b', 'c']) await one.commit(set(name))
  const hint = join(path, 'metadata/version-hint.text')
  await writeFile(hint, '2')
  expect(await propertiesOf(open())).toEqual(['a', 'b', 'c'])
  await rm(hint)
  expect(await propertiesOf(open())).toEqual(['a', 'b', 'c'])
  await writeFile(hint, '9')
  await expect(open().load()).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringContaining('metadata/v9.metadata.json') })
})

test('6.7 readers are pointed at a version again whose writer was killed before it named it', async () => {
  const { path, one, open } = await opened()
  await one.create(table)
  await one.commit(set('a'))
  const hint = join(path, 'metadata/version-hint.text')
  await writeFile(hint, '1')
  await open().cleanUp()
  expect(await readFile(hint, 'utf8')).toBe('2')
})

test('6.7 the writer of an earlier version does not point readers back to it', async () => {
  const { path, two } = await opened()
  await two.create(table)
  const storage = storageAt(path, quick)
  // The other one commits the next version, and names it, between the two steps of this one.
  const overtaken = fileCatalog().table(undefined, storage, '')
  let isFirst = true
  const replace = storage.replace.bind(storage)
  storage.replace = async (...named) => {
    if (isFirst) {
      isFirst = false
      await two.load()
      await two.commit(set('b'))
    }
    await replace(...named)
  }
  await overtaken.load()
  expect(await overtaken.commit(set('a'))).toBe(true)
  expect(await readFile(join(path, 'metadata/version-hint.text'), 'utf8')).toBe('3')
  expect(await propertiesOf(overtaken)).toEqual(['a', 'b'])
})

test('a change whose requirement does not hold writes nothing', async () => {
  const { path, one } = await opened()
  await one.create(table)
  expect(await one.commit({ ...set('a'), requirements: [{ type: 'assert-table-uuid', uuid: 'another' }] })).toBe(false)
  expect((await readdir(join(path, 'metadata'))).sort()).toEqual(['v1.metadata.json', 'version-hint.text'])
})
