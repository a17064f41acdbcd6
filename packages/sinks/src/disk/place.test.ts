import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, tree } from '../../test/helpers.ts'
import { placeOf } from './place.ts'

test('a folder has one place by whatever path, another folder has another, and looking leaves nothing', async () => {
  const path = await folder()
  await mkdir(join(path, 'a'))
  await mkdir(join(path, 'b'))
  await symlink(join(path, 'a'), join(path, 'link'))
  const place = (...at: string[]) => placeOf(nodeFiles, join(path, ...at))
  expect(await place('link')).toBe(await place('a'))
  expect(await place('a')).not.toBe(await place('b'))
  expect(await place('link', 'not', 'there')).toBe(await place('a', 'not', 'there'))
  expect(await place('a', 'not')).not.toBe(await place('a', 'other'))
  expect(await tree(path)).toEqual(['a/', 'b/', 'link'])
})
