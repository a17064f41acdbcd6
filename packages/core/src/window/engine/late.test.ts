import { expect, test } from 'vitest'
import { Batch, internals } from '../../batch/batch.ts'
import { claimWindows, requireWatermarks } from './late.ts'
import { Row, rowsOf } from './rows.fixture.ts'

test('returns the watermark before each row', () => {
  expect([
    ...requireWatermarks(
      rowsOf([
        ['a', 5],
        ['a', 3],
        ['a', 9],
      ]),
    ),
  ]).toEqual([Number.NEGATIVE_INFINITY, 5, 5])
})

test('refuses a batch that was made by hand', () => {
  expect(() => requireWatermarks(Batch.of(Row, []))).toThrow(expect.objectContaining({ code: 'WATERMARK_LOST' }))
})

test('claims rows that are windows, and refuses those of each change', () => {
  const claimed: string[] = []
  const windows = (updates: boolean) => {
    const windowOrigin = { delay: 3, updates, claim: () => void claimed.push('once') }
    return internals.make(Row, [], 0, { watermarks: new Float64Array(0), offsets: new Float64Array(0), windowOrigin })
  }
  expect(claimWindows(windows(false), 'op')?.delay).toBe(3)
  expect(() => claimWindows(windows(true), 'op')).toThrow('"op" comes after a runningTotals, or a windowed with emit')
  expect(claimWindows(Batch.of(Row, []), 'op')).toBeUndefined()
  expect(claimed).toEqual(['once'])
})
