import type { Data } from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Batch, internals, join, pick, slice } from './batch.ts'
import { bytesOf } from './columns.ts'
import { Selection, select, take } from './take.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string().nullable(), n: z.int32(), list: z.array(z.string()) }), {
  name: 'row',
  time: 'at',
})
const rowOf = (n: number) => ({ at: new Date(n), text: n % 3 ? `text ${n}` : null, n, list: [`${n}`, 'x'].slice(n % 2) })
const rows = Array.from({ length: 40 }, (_, n) => rowOf(n))
const batch = Batch.of(Row, rows)
const chosen = (...of: number[]) => Int32Array.from(of)

test('rows of a batch are those rows, of rows of rows too, in any order and more than once', () => {
  const numbers = (most: number) => fc.array(fc.nat({ max: most - 1 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(numbers(40), numbers(10), fc.boolean(), (first, second, isRead) => {
      const once = pick(batch, Int32Array.from(first))
      if (isRead) once.toArray()
      const again = second.map((row) => row % first.length)
      const twice = pick(once, Int32Array.from(again))
      expect(twice.toArray()).toEqual(again.map((row) => rows[first[row] as number]))
      expect(once.toArray()).toEqual(first.map((row) => rows[row]))
      expect(join([twice, slice(once, 0, 1)]).length).toBe(again.length + 1)
    }),
  )
})

test('nothing is copied before it is read, each column alone, and the base is released then', () => {
  const all = internals.columns(batch)
  const some = pick(batch, chosen(...Array.from({ length: 20 }, (_, i) => 2 * i)))
  const sources = internals.sources(some) as readonly Selection[]
  expect(sources.map(({ base }) => base)).toEqual(all)
  const text = internals.column(some, 1)
  expect(internals.column(some, 1)).toBe(text)
  expect(sources.map(({ base }) => base === null)).toEqual([false, true, false, false])
  expect(text?.length).toBe(20)
})

test('columns of rows of rows share their numbers, and a column that was added stands as it is', () => {
  const some = pick(batch, chosen(...Array.from({ length: 30 }, (_, i) => i)))
  const added = take(internals.columns(batch)[2] as Data, chosen(...Array.from({ length: 30 }, () => 7)))
  const mixed = internals.make(Row, [...internals.sources(some).slice(0, 2), added, ...internals.sources(some).slice(3)], 30)
  const last = pick(mixed, chosen(...Array.from({ length: 10 }, (_, i) => 29 - i)))
  const [at, text, n] = internals.sources(last) as readonly Selection[]
  expect(at?.rows).toBe(text?.rows)
  expect(n?.base).toBe(added)
  expect(last.toArray()).toEqual(Array.from({ length: 10 }, (_, i) => ({ ...rowOf(29 - i), n: 7 })))
})

test('few rows are copied at once, so that they do not hold the memory of the others', () => {
  const columns = internals.sources(batch)
  expect(select(columns, 40, chosen(1, 2, 3, 4)).some((column) => column instanceof Selection)).toBe(false)
  expect(select(columns, 40, chosen(1, 2, 3, 4, 5)).every((column) => column instanceof Selection)).toBe(true)
})

test('bytes are about those of the copy, and exactly those once it is made', () => {
  const some = pick(batch, chosen(...Array.from({ length: 20 }, (_, i) => i)))
  expect(some.bytes / batch.bytes).toBeCloseTo(0.5, 1)
  some.toArray()
  expect(some.bytes).toBe(internals.columns(some).reduce((sum, data) => sum + bytesOf(data), 0))
})
