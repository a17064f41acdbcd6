import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { compact, files } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { folder, task } from '../../../test/helpers.ts'
import { numbersIn, publishRows, quick } from '../../../test/lake-helpers.ts'

const merged = 'part-log1-compact-0-0.jsonl'

/** A dataset of five ranges, of which the first four are merged into one file. */
async function compacted(): Promise<string> {
  const dir = await folder()
  for (let n = 0; n < 5; n++) await publishRows(dir, task, n, [n], { files: quick })
  expect(await compact(dir)).toMatchObject({ merged: 4, written: 1 })
  return dir
}

test('a compacted file that was deleted is named at once, by every reader and by compactions, with what to do', async () => {
  const dir = await compacted()
  await copyFile(join(dir, merged), join(dir, 'backup'))
  await rm(join(dir, merged))
  for (const call of [() => files(dir), () => compact(dir)])
    await expect(call()).rejects.toMatchObject({
      code: 'STAGED_LOST',
      retryable: false,
      message: expect.stringMatching(new RegExp(`${merged} was made by a compaction and is gone.*restore it from a backup.*its 4 rows are lost`)),
    })
  await copyFile(join(dir, 'backup'), join(dir, merged))
  expect(await numbersIn(await files(dir))).toEqual([0, 1, 2, 3, 4])
})

test('the advice works: without the record, the other rows are read, and later ones are written and compacted', async () => {
  const dir = await compacted()
  await rm(join(dir, merged))
  const error = await files(dir).then(
    () => expect.fail('it was not noticed'),
    (thrown: Error) => thrown,
  )
  const [, record = ''] = /delete (\S+)$/.exec(error.message) ?? []
  await rm(record)
  expect(await numbersIn(await files(dir))).toEqual([4])
  for (let n = 5; n < 8; n++) await publishRows(dir, task, n, [n], { files: quick })
  expect(await compact(dir)).toMatchObject({ merged: 3, written: 1 })
  expect(await numbersIn(await files(dir))).toEqual([4, 5, 6, 7])
})

test('a compaction that was cut off before it published is finished, and not taken for a lost one', async () => {
  const dir = await folder()
  for (let n = 0; n < 5; n++) await publishRows(dir, task, n, [n], { files: quick })
  // The last step before the merged file is visible: it stays in the staging folder.
  const cut = {
    ...quick,
    rename: () => Promise.reject(Object.assign(new Error('the process died'), { code: 'DEAD' })),
    link: () => Promise.reject(Object.assign(new Error('the process died'), { code: 'DEAD' })),
  }
  await expect(compact(dir, { files: cut as typeof quick })).rejects.toThrow()
  expect(await numbersIn(await files(dir))).toEqual([0, 1, 2, 3, 4])
  await compact(dir)
  expect(await numbersIn(await files(dir))).toEqual([0, 1, 2, 3, 4])
})
