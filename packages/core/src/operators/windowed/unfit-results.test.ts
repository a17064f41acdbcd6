import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Agg } from '../../aggregate/aggregate.ts'
import { count } from '../../aggregate/count.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { windowSchema } from '../../window/schema.ts'
import { splitUnfit } from './unfit-results.ts'
import type { Result } from './window-rows.ts'

const Row = defineSchema(z.object({ at: instant(), who: z.string().nullable() }), { name: 'row', time: 'at' })
const ratio = { ...count(), type: z.number() }
const schema = windowSchema(Row, 'tumbling', ['who'], { n: count(), ratio } as unknown as Record<string, Agg<unknown, unknown>>)
const result = (who: string | null, results: Record<string, unknown>, end = 10): Result => ({
  interval: { start: 0, end },
  values: [who],
  results,
  revision: 1,
  final: true,
})
const split = (...results: Result[]) => splitUnfit(schema, 'counts', ['who'], results)

test('keeps what fits, in its order, and gives each of the rest once', () => {
  const [a, b, c, d] = [
    result('a', { n: 1, ratio: 0.5 }),
    result('b', { n: 2 ** 53, ratio: 0.5 }),
    result('c', { n: 3, ratio: 0 }),
    result('d', { n: 1, ratio: Number.NaN }),
  ]
  const { fit, unfit } = split(a, b, c, d)
  expect(fit).toEqual([a, c])
  expect(unfit.map(({ key }) => key)).toEqual(['{"who":"b"}', '{"who":"d"}'])
})

test('names the operator, the window, the key and each column that does not fit', () => {
  const [refused] = split(result(null, { n: 0.5, ratio: Number.NaN })).unfit
  expect(refused?.reason).toContain(
    'the result of counts for the window [1970-01-01T00:00:00.000Z, 1970-01-01T00:00:00.010Z) and the key {"who":null} does not fit: column "n"',
  )
  expect(refused?.reason).toContain('; column "ratio"')
})

test('keeps what was computed as JSON, also numbers that JSON has not', () => {
  const value = (results: Record<string, unknown>) => JSON.parse(split(result('a', results)).unfit[0]?.value ?? 'null')
  expect(value({ n: 2 ** 53, ratio: 0.5 })).toEqual({
    window_start: '1970-01-01T00:00:00.000Z',
    window_end: '1970-01-01T00:00:00.010Z',
    who: 'a',
    n: 2 ** 53,
    ratio: 0.5,
    revision: 1,
  })
  expect(value({ n: 1, ratio: Number.NaN })).toMatchObject({ ratio: 'NaN' })
  expect(value({ n: 2n ** 64n, ratio: 1 })).toMatchObject({ n: '18446744073709551616' })
})

test('a window without an end has bounds that are instants', () => {
  const [refused] = split(result('a', { n: -0.5, ratio: 1 }, Number.POSITIVE_INFINITY)).unfit
  expect(JSON.parse(refused?.value ?? '')).toMatchObject({ window_end: '+275760-09-13T00:00:00.000Z' })
})

test('an error that is not of a value is passed on', () => {
  const bad = {
    get n(): number {
      throw new Error('boom')
    },
    ratio: 1,
  }
  expect(() => split(result('a', bad))).toThrow('boom')
})
