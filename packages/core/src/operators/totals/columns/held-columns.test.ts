import { expect, test } from 'vitest'
import { count, countWhere } from '../../../aggregate/count.ts'
import { countDistinct } from '../../../aggregate/count-distinct.ts'
import { max, min } from '../../../aggregate/extreme.ts'
import { first } from '../../../aggregate/first-last.ts'
import { mean } from '../../../aggregate/mean.ts'
import { sum } from '../../../aggregate/sum.ts'
import { Ticket } from '../../../tickets/ticket.ts'
import { heldColumn } from './held-columns.ts'

test.each([
  ['CountColumn', count()],
  ['CountColumn', countWhere('priority', 'high')],
  ['SumColumn', sum('duration')],
  ['SumColumn', mean('duration')],
  ['ExtremeColumn', max('created_at')],
  ['BoxedColumn', min('client_id')],
  ['OrderColumn', first('client_id')],
  ['BoxedColumn', countDistinct('client_id')],
  ['BoxedColumn', { ...count(), result: (acc: number) => acc * 2 }],
])('%s', (name, agg) => {
  expect(heldColumn('of', agg as never, Ticket).constructor.name).toBe(name)
})
