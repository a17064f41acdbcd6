import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, tree } from '../../test/helpers.ts'
import { removeParts, removeStagingOf } from './remove.ts'

async function dataset(): Promise<string> {
  const target = await folder()
  const paths = [
    'part-old-t-0-0-0.jsonl',
    'kind=a/part-old-t-0-1-0.jsonl',
    'kind=b/part-new-t-0-0-0.jsonl',
    '.staging/old/all/t-0/2-a/x.tmp',
    '.staging/new/x.tmp',
  ]
  for (const path of paths) {
    await mkdir(dirname(join(target, path)), { recursive: true })
    await writeFile(join(target, path), 'x')
  }
  return target
}

test('removes published files with the folders that are empty then, and may be repeated', async () => {
  const target = await dataset()
  for (let i = 0; i < 2; i++) await removeParts(nodeFiles, target, ['part-old-t-0-0-0.jsonl', 'kind=a/part-old-t-0-1-0.jsonl'])
  expect((await tree(target)).filter((path) => !path.startsWith('.'))).toEqual(['kind=b/', 'kind=b/part-new-t-0-0-0.jsonl'])
})

test('removes the staging of the logs that lost the target, and no other', async () => {
  const target = await dataset()
  await removeStagingOf(nodeFiles, target, ['old'])
  expect((await tree(target)).filter((path) => path.startsWith('.staging/'))).toEqual(['.staging/', '.staging/new/', '.staging/new/x.tmp'].slice(0))
})
