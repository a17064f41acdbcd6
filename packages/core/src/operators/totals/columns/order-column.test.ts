import { expect, test } from 'vitest'
import { first, last } from '../../../aggregate/first-last.ts'
import { agrees } from './columns.fixture.ts'

test.each([
  ['first of numbers', first('number')],
  ['last of numbers', last('number')],
  ['last of texts', last('text')],
  ['first of an enum', first('kind')],
  ['last of booleans', last('flag')],
  ['first of instants', first('seen')],
  ['last of decimals', last('price')],
])('%s gives what its accumulators give, also after a restart', (_what, agg) => {
  expect(agrees(agg)).toBeUndefined()
})
