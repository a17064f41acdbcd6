import { expect, it } from 'vitest'
import { memoryLog } from '../testing/memory-log.ts'
import { lastMergeRecord, MERGE } from './merge-record.ts'

it('reads the last record of the merge, not of a task', async () => {
  const log = memoryLog()
  await log.append('t-0', { n: 0, attempt: 'a', files: {}, body: { position: { wrong: 1 } } })
  expect(await lastMergeRecord(log)).toBeNull()
  await log.append(MERGE, { n: 0, attempt: 'a', files: {}, body: { position: { 't-0': 4 }, joined: ['t-1'] } })
  expect(await lastMergeRecord(log)).toMatchObject({ position: { 't-0': 4 }, joined: ['t-1'] })
})
