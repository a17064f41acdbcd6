import { Batch } from '@tickets/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { numberTexts } from './codes.ts'
import { columnAt } from './column.ts'
import { day } from './partition-by.ts'
import { partitionPlan } from './plan.ts'

const texts = (all: readonly string[]) =>
  Batch.of(
    Every,
    all.map((text, small) => ({ ...plain, text, small })),
  )
const textAt = Every.fields.findIndex(({ name }) => name === 'text')

test('rows of a folder keep their order, and folders come in the order of their names', () => {
  const plan = partitionPlan(['text', 'yes'], Every, 100)
  const parts = plan.split(texts(['b', 'a', 'b', 'a', 'a']))
  expect(parts.map(({ folder, rows }) => [folder, [...rows]])).toEqual([
    ['text=a/yes=true', [1, 3, 4]],
    ['text=b/yes=true', [0, 2]],
  ])
})

test('texts with one hash are distinguished', () => {
  // Pairs that FNV-1a, in 32 bits, cannot tell apart.
  const pairs = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke']
  const batch = texts([...pairs, ...pairs])
  const { codes, firsts } = numberTexts(columnAt(batch, textAt), batch.length, () => {})
  expect([...codes]).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
  expect(firsts).toEqual([0, 1, 2, 3, 4, 5])
})

test('any texts are numbered by their first appearance', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 3 }), { maxLength: 2000 }), (all) => {
      const order = [...new Set(all)]
      const { codes, firsts } = numberTexts(columnAt(texts(all), textAt), all.length, () => {})
      expect([...codes]).toEqual(all.map((text) => order.indexOf(text)))
      expect(firsts.map((row) => all[row])).toEqual(order)
    }),
    { numRuns: 30 },
  )
})

test('more pairs than a table holds are numbered as well', () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({ ...plain, text: `t${i % 300}`, small: i % 1000, at: new Date(i * 86_400_000) }))
  const parts = partitionPlan(['text', 'small', day('at')], Every, 3000).split(Batch.of(Every, many))
  expect(parts).toHaveLength(3000)
  expect(parts.flatMap(({ rows }) => [...rows]).sort((a, b) => a - b)).toEqual(many.map((_, i) => i))
  const [one] = parts
  const row = many[one?.rows[0] ?? 0]
  expect(one?.folder).toBe(`text=${row?.text}/small=${row?.small}/at_date=${row?.at.toISOString().slice(0, 10)}`)
})
