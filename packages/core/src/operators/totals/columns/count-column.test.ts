import { expect, test } from 'vitest'
import { count, countWhere } from '../../../aggregate/count.ts'
import { agrees } from './columns.fixture.ts'

test.each([
  ['count', count()],
  ['countWhere of an enum', countWhere('kind', 'a')],
  ['countWhere of null', countWhere('text', null)],
])('%s gives what its accumulators give, also after a restart', (_what, agg) => {
  expect(agrees(agg)).toBeUndefined()
})
