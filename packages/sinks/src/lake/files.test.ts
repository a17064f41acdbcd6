import { join } from 'node:path'
import { files, jsonSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, folder, plain } from '../../test/helpers.ts'

test('lists the files of a dataset as absolute paths, and those of its versions, oldest first', async () => {
  const root = await folder()
  for (const version of ['v2', 'v1']) await commit(jsonSink(join(root, version)) as never, [plain])
  const own = await files(join(root, 'v1'))
  expect(own).toEqual([join(root, 'v1', 'part-log1-tickets-0-0-0.jsonl')])
  expect(await files(root)).toEqual([...own, join(root, 'v2', 'part-log1-tickets-0-0-0.jsonl')])
})

test('a folder that is not there is refused', async () => {
  await expect(files(join(await folder(), 'missing'))).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
})
