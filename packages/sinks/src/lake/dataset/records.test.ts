import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { compactedLogs, createRecord, headRecord, latestRecord, pruneRecords } from './records.ts'

const record = (n: number, attempt = 'a') => ({
  n,
  attempt,
  inputs: ['part-l-t-0-0-0.jsonl'],
  outputs: [{ name: `part-l-compact-${n}-0.jsonl`, rows: 1, bytes: 1 }],
})

test('of two compactions at one number one gets it', async () => {
  const dir = await folder()
  expect(await headRecord(storageAt(dir), 'l')).toBe(null)
  expect(await createRecord(storageAt(dir), 'l', record(0))).toBe(true)
  expect(await createRecord(storageAt(dir), 'l', record(0, 'b'))).toBe(false)
  expect(await headRecord(storageAt(dir), 'l')).toMatchObject(record(0))
  expect(await compactedLogs(storageAt(dir))).toEqual(['l'])
})

test('records below the head go, the head stays', async () => {
  const dir = await folder()
  for (const n of [0, 1, 2]) await createRecord(storageAt(dir), 'l', record(n))
  await pruneRecords(storageAt(dir), 'l', 2)
  expect(await readdir(join(dir, '.lake', 'l'))).toHaveLength(1)
  expect(await latestRecord(storageAt(dir), 'l')).toBe(2)
  expect(await latestRecord(storageAt(dir), 'other')).toBe(-1)
})

test('a record that was changed is named', async () => {
  const dir = await folder()
  await createRecord(storageAt(dir), 'l', record(0))
  const [name = ''] = await readdir(join(dir, '.lake', 'l'))
  await writeFile(join(dir, '.lake', 'l', name), '{}')
  await expect(headRecord(storageAt(dir), 'l')).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining(name) })
})
