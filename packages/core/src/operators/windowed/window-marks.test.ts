import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Agg } from '../../aggregate/aggregate.ts'
import { count, countWhere } from '../../aggregate/count.ts'
import { countDistinct } from '../../aggregate/count-distinct.ts'
import { max } from '../../aggregate/extreme.ts'
import { first } from '../../aggregate/first-last.ts'
import { mean } from '../../aggregate/mean.ts'
import { quantile } from '../../aggregate/quantile.ts'
import { sum } from '../../aggregate/sum.ts'
import { sumDecimal } from '../../aggregate/sum-decimal.ts'
import { topK } from '../../aggregate/top-k.ts'
import { defineSchema } from '../../schema/define.ts'
import type { PersonalMarks } from '../../store/personal-marks.ts'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { windowSchema } from '../../window/schema.ts'
import { tumbling } from '../../window/tumbling.ts'
import { defineWindowed } from './definition.ts'
import { windowMarks } from './window-marks.ts'

const Row = defineSchema(
  z.object({ at: instant(), user: z.object({ email: z.string() }), pay: z.number(), fee: decimal(9, 2), kind: z.string(), country: z.string() }),
  { name: 'row', time: 'at' },
)
const before: PersonalMarks = new Map([
  ['user.email', 'hashed'],
  ['pay', 'plain'],
  ['fee', 'plain'],
])

function of(by: string[], aggregate: Record<string, Agg<never, unknown>>, marks = before) {
  const definition = defineWindowed(tumbling({ size: '1 minute' }), { by, aggregate } as never)
  const { rows, memory } = windowMarks(definition, marks, windowSchema(Row, 'tumbling', by, definition.aggregate))
  return { rows: Object.fromEntries(rows), memory: Object.fromEntries(memory) }
}

test('a key is in the rows and in the state', () => {
  expect(of(['user.email', 'kind'], { n: count() })).toEqual({ rows: { 'user.email': 'hashed' }, memory: { 'user.email': 'hashed' } })
  expect(of(['kind'], { n: count(), some: countWhere('pay', 1) as never })).toEqual({ rows: {}, memory: {} })
})

test('a count of different values is a number, and its state holds the values, or hashes of them', () => {
  expect(of([], { n: countDistinct('pay') as never })).toEqual({ rows: {}, memory: { pay: 'plain' } })
  expect(of([], { n: countDistinct('pay', { approximate: true }) as never })).toEqual({ rows: {}, memory: { pay: 'hashed' } })
})

test.each([
  ['max', max('pay')],
  ['first', first('pay')],
  ['sum', sum('pay')],
  ['mean', mean('pay')],
  ['quantile', quantile('pay', 0.5)],
])('%s holds values of its column', (_, agg) => {
  expect(of([], { x: agg as never })).toEqual({ rows: { x: 'plain' }, memory: { pay: 'plain' } })
})

test('a sum of decimals and the most frequent values hold values too, the latter in a list', () => {
  expect(of([], { x: sumDecimal('fee') as never })).toEqual({ rows: { x: 'plain' }, memory: { fee: 'plain' } })
  const { rows, memory } = of([], { top: topK('user.email', 3) as never })
  expect([new Set(Object.values(rows)), memory]).toEqual([new Set(['hashed']), { 'user.email': 'hashed' }])
  expect(Object.keys(rows).every((path) => path.startsWith('top'))).toBe(true)
})

test('an aggregate of a column without a mark holds nothing personal', () => {
  expect(of([], { x: max('kind') as never })).toEqual({ rows: {}, memory: {} })
})

test('an aggregate of the user is unknown, unless its type is marked or no column is personal', () => {
  const own = (type: z.ZodType): Agg<never, unknown> => ({ init: () => 0, add: () => 0, merge: () => 0, result: () => 0, type })
  expect(of([], { x: own(z.number()) })).toEqual({ rows: { x: 'unknown' }, memory: { 'user.email': 'unknown', pay: 'unknown', fee: 'unknown' } })
  expect(of([], { x: own(z.number().meta({ personal: false })) }).rows).toEqual({})
  expect(of([], { x: own(z.number()) }, new Map())).toEqual({ rows: {}, memory: {} })
})
