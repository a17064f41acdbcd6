import { defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { batched } from '../../test/written.ts'
import { packTable } from '../pack/pack-table.ts'
import { tableOf } from '../pack/table-of.ts'
import { PageCutter } from './page-cutter.ts'
import { leavesOf } from './schema.ts'

const schema = defineSchema(z.object({ at: instant(), text: z.string(), list: z.array(z.int32()) }), { name: 'p', time: 'at' })

/** The pages of a column, cut from tables of `size` rows. */
function pages(rows: { text: string; list: number[] }[], name: string, size = rows.length): number[] {
  const cutter = new PageCutter(leavesOf(schema.fields).find(({ path }) => path[0] === name) as never)
  const found = [0]
  const all = rows.map((row) => ({ at: new Date(0), ...row }))
  for (const batch of batched(schema, all, size)) {
    const { columns } = tableOf(packTable(schema as never, [batch] as never))
    for (let at = 0; at < batch.length; ) {
      const { end, isFull } = cutter.take(columns, at, batch.length)
      found.push((found.pop() as number) + end - at)
      if (isFull) found.push(0)
      at = end
    }
  }
  return found.filter((count) => count > 0)
}

test('a page has 20,000 rows at the most', () => {
  const rows = new Array(45_000).fill({ text: 'x', list: [] })
  for (const size of [45_000, 20_000, 7001]) {
    expect(pages(rows, 'at', size)).toEqual([20_000, 20_000, 5000])
    expect(pages(rows, 'text', size)).toEqual([20_000, 20_000, 5000])
  }
})

test('a page has a megabyte at the most, or one row, however its rows come', () => {
  const texts = [600_000, 400_000, 100_000, 2_000_000, 10].map((length) => ({ text: 'x'.repeat(length), list: [] }))
  const lists = [200_000, 100_000, 200_000].map((length) => ({ text: '', list: new Array<number>(length).fill(1) }))
  for (const size of [1, 2, 3, 5]) {
    expect(pages(texts, 'text', size)).toEqual([2, 1, 1, 1])
    expect(pages(lists, 'list', size)).toEqual([1, 1, 1])
  }
})

test('rows without bytes still belong to the page before them that is exactly full', () => {
  const texts = [2 ** 20 - 12, 0, 0].map((length) => ({ text: 'x'.repeat(length), list: [] }))
  for (const size of [1, 2, 3]) expect(pages(texts, 'text', size)).toEqual([3])
})
