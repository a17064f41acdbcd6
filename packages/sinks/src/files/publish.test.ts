import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, published, tree } from '../../test/helpers.ts'
import { publishRange } from './publish.ts'

const content = Buffer.from('rows\n')
const name = 'kind=a/part-log1-t-0-0-0.jsonl'
const range = { staging: '.staging/log1/all/t-0/0-a1', files: [{ name, rows: 1, bytes: content.length, crc32: crc32(content) }] }

async function staged(bytes = content): Promise<string> {
  const target = await folder()
  await mkdir(join(target, range.staging), { recursive: true })
  await writeFile(join(target, range.staging, 'part-log1-t-0-0-0.jsonl.tmp'), bytes)
  return target
}

test('3.7 a staged file becomes visible, its staged name goes, and publishing again changes nothing', async () => {
  const target = await staged()
  for (let i = 0; i < 2; i++) await publishRange(nodeFiles, target, range)
  expect(await published(target)).toEqual([name])
  expect(await readFile(join(target, name), 'utf8')).toBe('rows\n')
  expect((await tree(target)).filter((path) => path.endsWith('.tmp'))).toEqual([])
})

test.each([
  ['a size', Buffer.from('rows'), 'bytes instead of'],
  ['a content', Buffer.from('rowz\n'), 'checksum'],
])('3.13 a staged file with %s that was not recorded is not published', async (_, bytes, why) => {
  const target = await staged(bytes)
  await expect(publishRange(nodeFiles, target, range)).rejects.toMatchObject({ code: 'STAGED_DAMAGED', message: expect.stringContaining(why) })
  expect(await published(target)).toEqual([])
})

test('3.7 a file that is neither staged nor published is an error', async () => {
  await expect(publishRange(nodeFiles, await folder(), range)).rejects.toMatchObject({ code: 'STAGED_LOST' })
})
