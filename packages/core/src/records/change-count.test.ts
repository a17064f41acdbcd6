import { expect, it } from 'vitest'
import { memoryLog } from '../testing/memory-log.ts'
import { CHANGES, changesKnown, checkChanges, notedChanges } from './change-count.ts'

it('a record says how many changes its writer knew of; where there was none it says nothing', () => {
  expect(notedChanges(0)).toEqual({})
  expect(changesKnown({ body: notedChanges(2) })).toBe(2)
  expect(changesKnown({ body: { to: 3 } })).toBe(0)
})

it('a task continues with the changes that it knows, and stops at one more', async () => {
  const log = memoryLog()
  await checkChanges(log, 't-0', 0)
  await log.append(CHANGES, { n: 0, attempt: 'a', files: {}, body: {} })
  await checkChanges(log, 't-0', 1)
  await expect(checkChanges(log, 't-0', 0)).rejects.toMatchObject({ code: 'PIPELINE_CHANGED', message: expect.stringContaining('t-0 runs with') })
})
