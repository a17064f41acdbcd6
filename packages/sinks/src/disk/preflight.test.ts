import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, tree } from '../../test/helpers.ts'
import { checkTarget, removeMade, retryVanished } from './preflight.ts'

test('makes the folders of a target and no file, and takes them away again', async () => {
  const path = await folder()
  const made = await checkTarget(nodeFiles, join(path, 'a', 'b'))
  expect(await tree(path)).toEqual(['a/', 'a/b/', 'a/b/.staging/'])
  await removeMade(nodeFiles, made)
  expect(await tree(path)).toEqual([])
})

test('a folder that another process has filled stays', async () => {
  const path = await folder()
  const made = await checkTarget(nodeFiles, join(path, 'a'))
  await writeFile(join(path, 'a', 'theirs'), '')
  await removeMade(nodeFiles, made)
  expect(await tree(path)).toEqual(['a/', 'a/theirs'])
})

test('a file system without hard links is refused with what to do', async () => {
  const files = { ...nodeFiles, link: async () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' })) }
  await expect(checkTarget(files, await folder())).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringContaining('local disk') })
})

test('work whose folders vanish is done again, a few times', async () => {
  let tries = 0
  const gone = Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
  expect(await retryVanished(async () => (tries++ < 2 ? Promise.reject(gone) : 'done'))).toBe('done')
  tries = -100
  await expect(retryVanished(async () => Promise.reject(gone))).rejects.toBe(gone)
  await expect(retryVanished(async () => Promise.reject(new Error('other')))).rejects.toThrow('other')
})
