import type { Progress } from '@tickets/core'
import { expect, test } from 'vitest'
import { ProgressLines, progressLine, summaryLine } from './progress.ts'

const progress: Progress = {
  ...{ rows: 1_234, rejected: 0, unmapped: 0, late: 0, rate: 99.6, watermark: null, lag: null, ranges: 2, waiting: null, partitions: {} },
}

test('a line has what there is, and nothing of what is not', () => {
  expect(progressLine(progress)).toBe('1,234 rows (100/s), 2 ranges committed')
  const more = { rejected: 3, late: 4, lag: 5_000, watermark: new Date('2026-12-01T00:00:00Z'), waiting: 'windows wait for a-1' }
  expect(progressLine({ ...progress, ...more })).toBe(
    '1,234 rows (100/s), 2 ranges committed, 5,000 to read, 3 rejected, 4 late, watermark 2026-12-01T00:00:00.000Z, windows wait for a-1',
  )
})

test('the last line says what was written, rejected and late', () => {
  const summary = {
    how: 'done',
    rows: 10,
    rejected: 1,
    unmapped: 0,
    expired: 0,
    refused: 0,
    late: { a: 1, b: 2 },
    written: { a: 7, b: 3 },
    seconds: 2,
  } as const
  expect(summaryLine({ ...summary })).toBe(
    'done: 10 rows read in 2 s; written: a 7, b 3; 1 rejected; 3 late; all of it is committed, and the next run continues from there',
  )
  expect(summaryLine({ ...summary, rejected: 0, late: {}, written: {} })).toContain('; written: nothing; all of it')
})

test('reports come at intervals, the first one after the first', async () => {
  const said: number[] = []
  const lines = new ProgressLines(40, ({ rows }) => said.push(rows))
  lines.tell({ ...progress, rows: 1 })
  await new Promise((done) => setTimeout(done, 60))
  for (const rows of [2, 3]) lines.tell({ ...progress, rows })
  expect(said).toEqual([2])
})
