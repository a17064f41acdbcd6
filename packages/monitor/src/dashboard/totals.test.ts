import { expect, it } from 'vitest'
import { rangeOf, steps } from '../../test/runs.ts'
import { Totals } from './totals.ts'

it('sums up what ranges have', () => {
  const totals = new Totals()
  const late = { 'hourly/windowed': 2 }
  totals.add(rangeOf({ rows: 100, rejected: 3, refused: 1, unmapped: 4, late, steps, written: { all: { rows: 90, files: 1, bytes: 800 } } }))
  totals.add(rangeOf({ n: 2, rows: 10, at: 12_000, late, expired: 5, written: { all: { rows: 0, files: 0, bytes: 0 } } }))
  const { rows, ranges, rejected, refused, unmapped, expired } = totals
  expect({ rows, ranges, rejected, refused, unmapped, expired }).toEqual({ rows: 110, ranges: 2, rejected: 3, refused: 1, unmapped: 4, expired: 5 })
  expect([...totals.late]).toEqual([['hourly/windowed', 4]])
  expect(totals.outputs.get('all')).toMatchObject({ rows: 90, files: 1, bytes: 800, lastCommit: 10_000 })
})

it('knows until when the rows of a task were read', () => {
  const totals = new Totals()
  totals.add(rangeOf({ rows: 100, steps }))
  expect(totals.readUntil.get('tickets-0')).toBe(9_976)
  // A range that another attempt has recorded says nothing of its steps.
  totals.add(rangeOf({ n: 2, rows: 5, at: 11_000 }))
  expect(totals.readUntil.get('tickets-0')).toBe(11_000)
})
