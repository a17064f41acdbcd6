import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { decodeMessages } from '../schema/decode.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'

// More rows than any store begins with, at sizes around those at which they double, compared with plain values: what decoders are compared with
// each other by shares these stores, and would share their faults.
const Every = defineSchema(
  z.object({
    at: instant(),
    text: z.string(),
    kind: z.enum(['a', 'b', 'c']),
    real: z.number(),
    whole: z.int(),
    small: z.int32(),
    yes: z.boolean(),
    maybe: z.boolean().optional(),
    textOrNull: z.string().nullable(),
    wholeOrNot: z.int().optional(),
  }),
  { name: 'every', time: 'at' },
)

const rowsOf = (length: number) =>
  Array.from({ length }, (_, i) => ({
    at: new Date(i * 1000),
    text: i === 2 ? 'long '.repeat(10_000) : `text ${i}`,
    kind: 'abc'[i % 3] as 'a',
    real: i / 7,
    whole: i * 2 ** 40,
    small: 1 - i,
    yes: i % 2 === 0 || i % 5 === 0,
    textOrNull: i % 3 === 0 ? null : 'é'.repeat(i % 50),
    ...(i % 4 === 0 ? {} : { maybe: i % 3 === 0 }),
    ...(i % 7 === 0 ? {} : { wholeOrNot: i }),
  }))

test.each([1, 63, 64, 65, 127, 128, 129, 255, 256, 513, 1000, 5000])('%i rows come out of their columns as they went in', (length) => {
  const rows = rowsOf(length)
  expect(Batch.of(Every, rows).toArray()).toEqual(rows)
  const messages = rows.map((row, offset) => ({ value: new TextEncoder().encode(JSON.stringify(row)), offset }))
  for (const fast of [true, false]) expect(decodeMessages(Every, messages, {}, fast).batch.toArray()).toEqual(rows)
})
