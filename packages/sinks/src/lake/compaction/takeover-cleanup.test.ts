import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder, published } from '../../../test/helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { compactedLogs, createRecord } from '../dataset/records.ts'
import { removeCompactions } from './takeover-cleanup.ts'

test('removes what compactions of the logs that lost the dataset have left, and nothing of others', async () => {
  const dir = await folder()
  for (const log of ['old', 'new']) {
    await writeFile(join(dir, `part-${log}-compact-0-0.jsonl`), '')
    await writeFile(join(dir, `part-${log}-t-0-0-0.jsonl`), '')
    await createRecord(storageAt(dir), log, { n: 0, attempt: 'a', inputs: [], outputs: [] })
  }
  for (let i = 0; i < 2; i++) await removeCompactions(storageAt(dir), ['old', 'other'])
  expect(await published(dir)).toEqual(['part-new-compact-0-0.jsonl', 'part-new-t-0-0-0.jsonl', 'part-old-t-0-0-0.jsonl'])
  expect(await compactedLogs(storageAt(dir))).toEqual(['new'])
})
