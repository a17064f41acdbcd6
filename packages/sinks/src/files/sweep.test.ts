import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, task } from '../../test/helpers.ts'
import { stagedRanges } from './listing.ts'
import { rangeFolder } from './names.ts'
import { sweepStaging } from './sweep.ts'

test('3.8 removes lower numbers and other attempts at the head, where earlier releases staged too', async () => {
  const target = await folder()
  const folders = [
    ...[
      [1, 'a'],
      [2, 'a'],
      [2, 'b'],
      [3, 'c'],
    ].map(([n, attempt]) => rangeFolder(task, n as number, attempt as string)),
    rangeFolder({ ...task, flow: '' }, 0, 'old'),
  ]
  for (const path of folders) {
    await mkdir(join(target, path), { recursive: true })
    await writeFile(join(target, path, 'x.tmp'), '')
  }
  await sweepStaging(nodeFiles, target, task, { n: 2, attempt: 'b' })
  expect((await stagedRanges(nodeFiles, target, task.logId, task.task)).map(({ name }) => name).sort()).toEqual(['2-b', '3-c'])
})

test('nothing staged is nothing to do', async () => {
  await expect(sweepStaging(nodeFiles, await folder(), task, { n: 0, attempt: 'a' })).resolves.toBeUndefined()
})
