import { defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { batched } from '../../test/written.ts'
import { packTable } from '../pack/pack-table.ts'
import { tableOf } from '../pack/table-of.ts'
import { pageRanges } from './page-ranges.ts'
import { leavesOf } from './schema.ts'

const schema = defineSchema(z.object({ at: instant(), text: z.string(), list: z.array(z.int32()) }), { name: 'p', time: 'at' })

function ranges(rows: { text: string; list: number[] }[], name: string, from = 0, to = rows.length) {
  const all = rows.map((row) => ({ at: new Date(0), ...row }))
  const { columns, fields } = tableOf(packTable(schema as never, batched(schema, all, 1000) as never))
  const leaf = leavesOf(fields).find(({ path }) => path[0] === name)
  return pageRanges(columns, leaf as never, from, to)
}

test('a page has 20,000 rows at the most', () => {
  const rows = new Array(45_000).fill({ text: 'x', list: [] })
  expect(ranges(rows, 'at')).toEqual([
    [0, 20_000],
    [20_000, 40_000],
    [40_000, 45_000],
  ])
  expect(ranges(rows, 'text', 10_000, 30_001)).toEqual([
    [10_000, 30_000],
    [30_000, 30_001],
  ])
})

test('a page has a megabyte at the most, or one row', () => {
  const texts = [600_000, 400_000, 100_000, 2_000_000, 10].map((length) => ({ text: 'x'.repeat(length), list: [] }))
  expect(ranges(texts, 'text')).toEqual([
    [0, 2],
    [2, 3],
    [3, 4],
    [4, 5],
  ])
  const lists = [200_000, 100_000, 200_000].map((length) => ({ text: '', list: new Array<number>(length).fill(1) }))
  expect(ranges(lists, 'list')).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ])
})

test('no rows, no pages', () => {
  expect(ranges([{ text: '', list: [] }], 'text', 0, 0)).toEqual([])
})
