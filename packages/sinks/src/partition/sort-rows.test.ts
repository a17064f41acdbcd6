import { Batch } from '@tickets/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRow, Every } from '../../test/helpers.ts'
import { type SortColumn, sorter } from './sort-rows.ts'

const columns = Every.fields.map(({ name }) => name)

/** The same by the book: an object a row. */
function byTheBook(rows: readonly Every[], by: readonly SortColumn[]): number[] {
  const compareValues = (a: unknown, b: unknown): number => {
    if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
    const [left, right] = [Number(a), Number(b)]
    return left < right ? -1 : left > right ? 1 : 0
  }
  const compare = (a: number, b: number): number => {
    for (const { column, descending } of by) {
      const [left, right] = [a, b].map((i) => (rows[i] as unknown as Record<string, unknown>)[column] ?? null)
      if (left === null && right === null) continue
      if (left === null || right === null) return left === null ? 1 : -1
      const order = compareValues(left, right)
      if (order !== 0) return descending ? -order : order
    }
    return 0
  }
  return rows.map((_, i) => i).sort(compare)
}

test('any rows are sorted by any columns as they are by the book: stable, nulls last', () => {
  const by = fc.array(fc.record({ column: fc.constantFrom(...columns), descending: fc.boolean() }), { minLength: 1, maxLength: 3 })
  // Texts that are alike for some bytes, and rows that come twice.
  const text = fc
    .tuple(fc.constantFrom('', 'a', 'aaaaaa', 'aaaaaaa', 'é', '\u0000'), fc.constantFrom('', '\u0000', 'b', '😀', 'ﬀ'))
    .map((both) => both.join(''))
  const row = fc.tuple(anyRow, text).map(([any, own]) => ({ ...any, text: own }))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), fc.nat(3), by, (some, times, sortBy) => {
      const rows = Array.from({ length: times + 1 }, () => some).flat()
      const sorted = sorter(Batch.of(Every, rows), sortBy)(Int32Array.from(rows.keys()))
      expect([...sorted]).toEqual(byTheBook(rows, sortBy))
    }),
    { numRuns: 300 },
  )
})
