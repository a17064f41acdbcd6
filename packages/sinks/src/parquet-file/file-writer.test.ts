import { Batch, defineSchema, instant, type RowOf, type Schema } from '@tickets/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { anyRow, Every, plain, sparse } from '../../test/helpers.ts'
import { Order, orders } from '../../test/nested.ts'
import { readFooter } from '../../test/thrift.ts'
import { batched, expected, plain as plainKernels, readBack, written } from '../../test/written.ts'

const Deep = defineSchema(
  z.object({
    at: instant(),
    lists: z.array(z.array(z.string().nullable()).nullable()).nullable(),
    tree: z.object({ left: z.object({ numbers: z.array(z.int()) }).nullable(), map: z.record(z.string(), z.array(z.boolean())) }).nullable(),
    kinds: z.array(z.enum(['a', 'b', 'c'])),
  }),
  { name: 'deep', time: 'at' },
)
type Deep = RowOf<typeof Deep>

const anyDeep: fc.Arbitrary<Deep> = fc.record({
  at: fc.constant(new Date(0)),
  lists: fc.option(fc.array(fc.option(fc.array(fc.option(fc.string({ maxLength: 3 })), { maxLength: 3 })), { maxLength: 3 })),
  tree: fc.option(
    fc.record({
      left: fc.option(fc.record({ numbers: fc.array(fc.maxSafeInteger(), { maxLength: 3 }) })),
      map: fc.dictionary(fc.constantFrom('k', 'é', '', 'long key'), fc.array(fc.boolean(), { maxLength: 3 }), { noNullPrototype: true }),
    }),
  ),
  kinds: fc.array(fc.constantFrom('a' as const, 'b' as const, 'c' as const), { maxLength: 3 }),
})

const shape = fc.record({
  sizes: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 10 }),
  rowGroupRows: fc.integer({ min: 1, max: 60 }),
  plain: fc.boolean(),
})

/** Rows in batches of these sizes, and the rest in one. */
function split<T>(schema: Schema<T>, rows: readonly T[], sizes: readonly number[]): Batch<T>[] {
  let at = 0
  const parts = sizes.map((size) => {
    at += size
    return rows.slice(at - size, at)
  })
  return [...parts, rows.slice(at)].map((part) => Batch.of(schema, part))
}

describe('any rows come back, and their file does not depend on batches or on how the kernels run', () => {
  test('of every kind', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 60 }), shape, (rows, { sizes, ...settings }) => {
        const file = written(Every, split(Every, rows, sizes), settings)
        expect(written(Every, batched(Every, rows), settings, plainKernels)).toEqual(file)
        expect(readBack(file)).toEqual(expected(Every, rows))
      }),
      { numRuns: 100 },
    )
  })

  test('nested in each other', () => {
    fc.assert(
      fc.property(fc.array(anyDeep, { maxLength: 40 }), shape, (rows, { sizes, ...settings }) => {
        const file = written(Deep, split(Deep, rows, sizes), settings)
        expect(written(Deep, batched(Deep, rows), settings, plainKernels)).toEqual(file)
        expect(readBack(file)).toEqual(expected(Deep, rows))
      }),
      { numRuns: 100 },
    )
  })
})

test.each(['SNAPPY', 'UNCOMPRESSED'] as const)('orders come back, %s, from one row group or several', (compression) => {
  for (const rowGroupRows of [1, 7, 1000]) {
    const file = written(Order, batched(Order, orders, 9), { compression, rowGroupRows })
    expect(readBack(file)).toEqual(expected(Order, orders))
  }
})

test('a file without rows has its columns and no row group', () => {
  const file = written(Order, [])
  expect(readFooter(file)).toMatchObject({ 3: 0, 4: [] })
  expect(readBack(file)).toEqual([])
})

test('many pages of one column come back', () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => ({ ...(i % 7 ? plain : sparse), text: `text ${i}`, whole: i % 1000, at: new Date(i * 17) }))
  const file = written(Every, batched(Every, rows, 8192), { rowGroupRows: 45_000 })
  expect(readBack(file)).toEqual(expected(Every, rows))
  expect(written(Every, batched(Every, rows, 777), { rowGroupRows: 45_000 })).toEqual(file)
}, 60_000)

test('texts of a megabyte and doubles at their edges come back', () => {
  const rows = [5e-324, -1.7e308, -0, 0].map((real, i) => ({ ...plain, real, text: '🎫'.repeat(i * 100_000) }))
  const found = readBack(written(Every, batched(Every, rows))) as { readonly real: number }[]
  expect(found).toEqual(expected(Every, rows))
  expect(Object.is(found[2]?.real, -0)).toBe(true)
})
