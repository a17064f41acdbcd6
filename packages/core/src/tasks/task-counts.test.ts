import { expect, it } from 'vitest'
import { freshStatus } from './context.ts'
import { TaskCounts } from './task-counts.ts'

it('continues from the counts of the last record', () => {
  const counts = new TaskCounts(freshStatus(0))
  counts.restore({ rows: 10, rejected: 1, unmapped: 5, refused: 2, written: { all: 9 }, late: { 'f/w': 3 } })
  counts.rows += 5
  counts.addLate('f/w', 1)
  counts.addLate('constructor/w', 2)
  expect(counts.snapshot({ refused: 2, written: { all: 5, high: 1 } })).toEqual({
    rows: 15,
    rejected: 1,
    unmapped: 5,
    refused: 2,
    written: { all: 14, high: 1 },
    late: { 'f/w': 4, 'constructor/w': 2 },
  })
})

it('gives snapshots that later rows do not change', () => {
  const counts = new TaskCounts(freshStatus(0))
  counts.addLate('f/w', 1)
  const before = counts.snapshot({ refused: 0, written: { all: 1 } })
  counts.addLate('f/w', 1)
  counts.rows = 7
  expect(before).toMatchObject({ rows: 0, written: { all: 1 }, late: { 'f/w': 1 } })
  // Rows of this assignment are given anew each time, not added up.
  expect(counts.snapshot({ refused: 0, written: { all: 1 } }).written).toEqual({ all: 1 })
})

it('counts in the status what this assignment read, and what of it is not committed', () => {
  const status = freshStatus(0)
  const counts = new TaskCounts(status)
  counts.restore({ rows: 10, rejected: 1, written: {}, late: {} })
  counts.addRead(5, 2)
  counts.addRejected(1)
  counts.addLate('f/w', 1)
  expect(status).toMatchObject({ rows: 5, unmapped: 2, rejected: 1, late: 1, uncommitted: 5, ranges: 0 })
  counts.addRange(3)
  expect(status).toMatchObject({ rows: 5, uncommitted: 2, ranges: 1 })
})
