import { expect, test } from 'vitest'
import { Batch } from '../../batch/batch.ts'
import { requireWatermarks } from './late.ts'
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
