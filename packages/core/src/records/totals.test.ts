import { expect, it } from 'vitest'
import { memoryLog } from '../testing/memory-log.ts'
import { MERGE } from './merge-record.ts'
import { countedSince, totals } from './totals.ts'

async function logWith(n: number, rows: number) {
  const log = memoryLog()
  const put = (task: string, body: object) => log.append(task, { n, attempt: 'a', files: {}, body: { ...body } })
  await put('t-0', { counts: { rows, rejected: 1, unmapped: 4, refused: 2, written: { all: rows }, late: { 'f/w': 3 } } })
  // A record from before refused rows were distinguished.
  await put('t-1', { counts: { rows: 5, rejected: 0, written: { all: 4 }, late: {} } })
  await put(MERGE, { shown: { windows: 7 }, expired: 6, refused: 1 })
  return log
}

it('adds up the last records of the partitions and of the merge', async () => {
  expect(await totals(await logWith(0, 10), ['t-0', 't-1', 'without-a-record-2'])).toMatchObject({
    rows: 15,
    rejected: 1,
    unmapped: 4,
    refused: 3,
    late: { 'f/w': 3 },
    expired: 6,
    written: { all: 14, windows: 7 },
  })
})

it('is all zero for an empty log', async () => {
  expect(await totals(memoryLog(), ['t-0'])).toMatchObject({ rows: 0, rejected: 0, unmapped: 0, refused: 0, late: {}, expired: 0, written: {} })
})

it('subtracts what was counted before, with flows that are new', async () => {
  const before = { rows: 5, rejected: 1, unmapped: 3, refused: 0, late: {}, expired: 6, written: { all: 4 } }
  expect(countedSince(await totals(await logWith(0, 10), ['t-0', 't-1']), before)).toEqual({
    rows: 10,
    rejected: 0,
    unmapped: 1,
    refused: 3,
    late: { 'f/w': 3 },
    expired: 0,
    written: { all: 10, windows: 7 },
  })
})
