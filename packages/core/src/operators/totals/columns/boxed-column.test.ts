import { expect, test } from 'vitest'
import { countDistinct } from '../../../aggregate/count-distinct.ts'
import { max, min } from '../../../aggregate/extreme.ts'
import { sum } from '../../../aggregate/sum.ts'
import { sumDecimal } from '../../../aggregate/sum-decimal.ts'
import { agrees } from './columns.fixture.ts'

test.each([
  ['countDistinct', countDistinct('text')],
  ['an estimate of distinct values', countDistinct('whole', { approximate: true })],
  ['min of texts', min('text')],
  ['max of decimals', max('price')],
  ['sumDecimal', sumDecimal('price')],
  ['a copy of sum', { ...sum('number') }],
])('%s gives what its accumulators give, also after a restart', (_what, agg) => {
  expect(agrees(agg)).toBeUndefined()
})
