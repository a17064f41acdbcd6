import { expect, test } from 'vitest'
import { max, min } from '../../../aggregate/extreme.ts'
import { agrees } from './columns.fixture.ts'

test.each([
  ['min of numbers', min('number')],
  ['max of numbers', max('number')],
  ['max of integers', max('whole')],
  ['min of instants', min('seen')],
])('%s gives what its accumulators give, also after a restart', (_what, agg) => {
  expect(agrees(agg)).toBeUndefined()
})
