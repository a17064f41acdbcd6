import { expect, test } from 'vitest'
import { mean } from '../../../aggregate/mean.ts'
import { sum } from '../../../aggregate/sum.ts'
import { agrees } from './columns.fixture.ts'

test.each([
  ['sum of numbers', sum('number')],
  ['sum of integers', sum('whole')],
  ['mean', mean('number')],
])('%s gives what its accumulators give, also after a restart', (_what, agg) => {
  expect(agrees(agg)).toBeUndefined()
})
