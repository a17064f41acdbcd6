import { expect, it } from 'vitest'
import { memoryLog } from '../testing/memory-log.ts'
import { lastTaskRecord } from './task-record.ts'

it('reads the record with the highest number, and null where there is none', async () => {
  const log = memoryLog()
  expect(await lastTaskRecord(log, 't-0')).toBeNull()
  for (const n of [0, 1]) await log.append('t-0', { n, attempt: 'a', files: {}, body: { from: n, to: n + 1, ended: n === 1 } })
  expect(await lastTaskRecord(log, 't-0')).toMatchObject({ from: 1, to: 2, ended: true })
})
