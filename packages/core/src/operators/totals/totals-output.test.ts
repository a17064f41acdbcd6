import { expect, test } from 'vitest'
import * as z from 'zod'
import { type Batch, MOST_ROWS } from '../../batch/batch.ts'
import type { Refused } from '../../connectors/refused-rows.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { TotalsOutput } from './totals-output.ts'

const Total = defineSchema(z.object({ shop: z.string(), units: z.int(), n: z.int(), at: instant() }), { name: 'total', time: 'at' })

const AT = new Date(7)

function outputs() {
  const batches: Batch<unknown>[] = []
  const refused: Refused[] = []
  const end = {
    origin: 'hand' as const,
    next: (rows: Batch<unknown>) => void batches.push(rows),
    refuse: (rows: readonly Refused[]) => void refused.push(...rows),
  }
  return { batches, refused, output: new TotalsOutput('totals', Total as never, 1, end, {}) }
}

test('a total that does not fit is refused, whole, and leaves the others as they are', () => {
  const { batches, refused, output } = outputs()
  output.add(['a', 1, 2, AT], 5)
  output.add(['b', 2 ** 53, 2, AT], 5)
  output.add(['c', 3, Number.POSITIVE_INFINITY, AT], 5)
  output.add(['d', 4, 5, AT], 5)
  output.flush(7)
  expect(batches.map((batch) => batch.toArray())).toEqual([
    [
      { shop: 'a', units: 1, n: 2, at: AT },
      { shop: 'd', units: 4, n: 5, at: AT },
    ],
  ])
  expect(refused.map(({ key, value }) => ({ key, value }))).toEqual([
    { key: '{"shop":"b"}', value: '{"shop":"b","units":9007199254740992,"n":2,"at":"1970-01-01T00:00:00.007Z"}' },
    { key: '{"shop":"c"}', value: '{"shop":"c","units":3,"n":"Infinity","at":"1970-01-01T00:00:00.007Z"}' },
  ])
  expect(refused[0]?.reason).toContain('the total of totals for the key {"shop":"b"} does not fit: ')
})

test('batches are cut, and nothing more is emitted when there is nothing', () => {
  const { batches, output } = outputs()
  output.flush(0)
  expect(batches).toEqual([])
  for (let i = 0; i <= MOST_ROWS; i++) output.add([`${i}`, i, i, AT], 0)
  output.flush(0)
  output.flush(0)
  expect(batches.map(({ length }) => length)).toEqual([MOST_ROWS, 1])
  output.emit(0)
  expect(batches.at(-1)?.length).toBe(0)
})
