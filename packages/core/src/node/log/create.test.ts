import { mkdtemp, readdir, readFile, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLayer, nodeFiles } from '../files/file-layer.ts'
import { createIfAbsent } from './create.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'create-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const create = (text: string, files: FileLayer = nodeFiles) => createIfAbsent(files, folder, 'a', `.${text}.tmp`, [new TextEncoder().encode(text)])
const failing = (code: string) => Promise.reject(Object.assign(new Error(`${code}: made up`), { code }))

it('3.1 creates a file once, and never changes it', async () => {
  expect(await create('one')).toBe('created')
  expect(await create('two')).toBe('exists')
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('one')
  expect(await readdir(folder)).toEqual(['a'])
})

it('lets one of many at once win', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, (_, i) => create(`w${i}`)))
  expect(all.filter((creation) => creation === 'created')).toHaveLength(1)
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe(`w${all.indexOf('created')}`)
})

it('says that the temporary file was lost before it had its name', async () => {
  const files: FileLayer = { ...nodeFiles, link: async (from, to) => unlink(from).then(() => nodeFiles.link(from, to)) }
  expect(await create('one', files)).toBe('lost')
})

it('3.3 keeps the temporary file when the folder could not be synced after the link', async () => {
  await expect(create('one', { ...nodeFiles, syncFolder: () => failing('EIO') })).rejects.toMatchObject({ code: 'EIO' })
  expect((await readdir(folder)).sort()).toEqual(['.one.tmp', 'a'])
})

it('3.4 syncs the folder also where the file of another process stands', async () => {
  await create('one')
  let syncs = 0
  await create('two', { ...nodeFiles, syncFolder: async (path) => nodeFiles.syncFolder(path).then(() => void syncs++) })
  expect(syncs).toBe(1)
})
