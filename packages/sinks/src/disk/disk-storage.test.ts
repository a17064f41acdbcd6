import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { storageContract } from '@tickets/core/testing'
import { describe, expect, test } from 'vitest'
import { folder, tree } from '../../test/helpers.ts'
import { storageAt } from './disk-storage.ts'

const bytes = (text: string) => [new TextEncoder().encode(text)]
const staging = '.staging/log1/all/t-0/0-a1'
const name = 'day=1/part-log1-t-0-0-0.jsonl'

test('a path means a folder of this disk, and a storage is taken as it is', async () => {
  const path = await folder()
  const storage = storageAt(path)
  expect(storage.location).toBe(path)
  expect(storage.below('a/b').location).toBe(join(path, 'a/b'))
  expect(storage.beside('.v2').location).toBe(`${path}.v2`)
  expect(storageAt(storage)).toBe(storage)
  expect(() => storageAt('')).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('what a stage is refused for is found before anything is written', async () => {
  const path = await folder()
  await expect(storageAt(path).stage(staging, `${'x'.repeat(4000)}`, bytes('x'), { mustExist: false })).rejects.toMatchObject({ code: 'SINK_FAILED' })
  expect(await tree(path)).toEqual([])
})

test('the empty folder of a volume that is not mounted takes nothing that must find its place', async () => {
  const path = await folder()
  const storage = storageAt(path)
  await expect(storage.stage(staging, name, bytes('x'), { mustExist: true })).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await tree(path)).toEqual([])
  await rm(path, { recursive: true })
  await expect(storage.create('.lake/x.json', bytes('x'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a staged file whose folder was swept may be staged again', async () => {
  const path = await folder()
  const storage = storageAt(path)
  await storage.stage(staging, name, bytes('x'), { mustExist: false })
  await rm(join(path, staging), { recursive: true })
  await expect(storage.stage(staging, 'day=2/part-log1-t-0-0-1.jsonl', bytes('x'), { mustExist: false })).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await storage.stage(staging, name, bytes('again'), { mustExist: false })).toEqual({ bytes: 5 })
  await storage.sealStaged(staging)
  await storage.publish({ staging, files: [{ name, bytes: 5 }] }, true)
  expect(await readFile(join(path, name), 'utf8')).toBe('again')
})

test('3.4 folders are synced from that of the staged files upwards, once for each process', async () => {
  const path = await folder()
  const synced: string[] = []
  const storage = storageAt(path, {
    ...nodeFiles,
    syncFolder: async (at) => {
      if (at.startsWith(path)) synced.push(at.slice(path.length + 1))
      await nodeFiles.syncFolder(at)
    },
  })
  const stageAt = async (n: number) => {
    synced.length = 0
    const at = `.staging/log1/all/t-0/${n}-a1`
    await storage.stage(at, name, bytes('x'), { mustExist: false })
    await storage.sealStaged(at)
    return synced.slice(0)
  }
  const first = await stageAt(0)
  expect(first.slice(0, 6)).toEqual(['.staging/log1/all/t-0/0-a1', '.staging/log1/all/t-0', '.staging/log1/all', '.staging/log1', '.staging', ''])
  expect(await stageAt(1)).toEqual(['.staging/log1/all/t-0/1-a1', '.staging/log1/all/t-0'])
})

test('a file is created once, and what stands is not changed; replacing writes over it', async () => {
  const storage = storageAt(await folder())
  expect(await storage.create('.lake/a.json', bytes('one'))).toBe(true)
  expect(await storage.create('.lake/a.json', bytes('two'))).toBe(false)
  expect(Buffer.from((await storage.read('.lake/a.json')) ?? []).toString()).toBe('one')
  const before = await storage.stat('.lake/a.json')
  await storage.replace('.lake/a.json', bytes('three'))
  expect((await storage.stat('.lake/a.json'))?.version).not.toBe(before?.version)
  expect(await storage.names('.lake')).toEqual(['a.json'])
  expect([await storage.names('none'), await storage.read('none'), await storage.stat('.lake'), await storage.read('.lake/a.json/x')]).toEqual([
    [],
    null,
    null,
    null,
  ])
})

test('walks the folders that are accepted, and no dataset of its own below', async () => {
  const path = await folder()
  for (const at of ['b=1/x-2', 'b=1/x-1', 'x-3', 'c=1/.staging/owner', 'c=1/x-4', 'other/x-5', 'y']) {
    await mkdir(join(path, at, '..'), { recursive: true })
    await writeFile(join(path, at), at)
  }
  const accepts = { folder: (part: string) => part.includes('='), file: (part: string) => part.startsWith('x-') }
  const found = await storageAt(path).walk(accepts)
  expect([...(found ?? [])].map(([at, { size }]) => [at, size])).toEqual([
    ['b=1/x-1', 7],
    ['b=1/x-2', 7],
    ['x-3', 3],
  ])
  expect(await storageAt(join(path, 'none')).walk(accepts)).toBe(null)
})

describe('keeps the contract of a storage', () => {
  const make = async () => {
    const path = join(await folder(), 'place')
    return { open: () => storageAt(path) }
  }
  for (const { name, run } of storageContract({ make })) test(name, run)
})
