import { defineSchema, instant, type RowOf } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { batched, kernels } from '../../test/written.ts'
import { packTable } from '../pack/pack-table.ts'
import { tableOf } from '../pack/table-of.ts'
import { type ChunkSettings, ChunkWriter } from './chunk.ts'
import { encodings } from './encodings.ts'
import { leavesOf } from './schema.ts'

const schema = defineSchema(
  z.object({ at: instant(), text: z.string().nullable(), number: z.number(), whole: z.int(), kind: z.enum(['a', 'b']), yes: z.boolean() }),
  { name: 'c', time: 'at' },
)
type Row = RowOf<typeof schema>
const row: Row = { at: new Date(0), text: 'x', number: 1, whole: 1, kind: 'a', yes: true }

function chunkOf(rows: readonly Partial<Row>[], name: string, settings: Partial<ChunkSettings> = {}) {
  const { columns, fields } = tableOf(
    packTable(
      schema as never,
      batched(
        schema,
        rows.map((one) => ({ ...row, ...one })),
        8192,
      ) as never,
    ),
  )
  const leaf = leavesOf(fields).find(({ path }) => path[0] === name) as never
  const { top } = kernels.memory
  const writer = new ChunkWriter(kernels, leaf, { compression: 'SNAPPY', plain: false, ...settings })
  writer.add(columns, 0, rows.length)
  const chunk = writer.finish()
  expect(kernels.memory.top).toBe(top)
  return { ...chunk, used: chunk.pages.map(({ encoding }) => encoding) }
}
const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
const { plain, delta, deltaLength, dictionary } = encodings

test('values that repeat have a dictionary, others have none', () => {
  const rows = many(3000, (i) => ({
    text: `id ${i}`,
    number: i / 7,
    whole: i * 1000,
    kind: i % 2 ? ('a' as const) : ('b' as const),
    yes: i % 3 === 0,
  }))
  const few = many(3000, (i) => ({ text: `${i % 9}`, number: (i % 9) / 7, whole: (i % 9) * 1e9 }))
  expect([chunkOf(rows, 'text').used, chunkOf(few, 'text').used]).toEqual([[deltaLength], [dictionary]])
  expect([chunkOf(rows, 'number').used, chunkOf(few, 'number').used]).toEqual([[plain], [dictionary]])
  expect([chunkOf(rows, 'whole').used, chunkOf(few, 'whole').used]).toEqual([[delta], [dictionary]])
  expect([chunkOf(rows, 'kind').used, chunkOf(rows, 'yes').used]).toEqual([[dictionary], [plain]])
  expect([chunkOf(rows, 'text').dictionary, chunkOf(few, 'text').dictionary]).toEqual([null, expect.anything()])
})

test('small steps are smaller as differences than as codes', () => {
  expect(
    chunkOf(
      many(20_000, (i) => ({ whole: i >> 2 })),
      'whole',
    ).used,
  ).toEqual([delta])
})

test('plain writes PLAIN and codes only', () => {
  const rows = many(3000, (i) => ({ text: `id ${i}`, whole: i * 1000 }))
  expect(['text', 'whole', 'kind'].map((name) => chunkOf(rows, name, { plain: true }).used)).toEqual([[plain], [plain], [dictionary]])
})

test('a dictionary that grows too large is used up to there', () => {
  const rows = many(60_000, (i) => ({ text: i < 20_000 ? `text ${i % 50}` : `another text of some length, number ${i} ${'x'.repeat(60)}` }))
  const { used, pages, dictionary: entries } = chunkOf(rows, 'text')
  const coded = used.lastIndexOf(dictionary) + 1
  expect(used).toEqual([...new Array(coded).fill(dictionary), ...new Array(pages.length - coded).fill(deltaLength)])
  expect(coded).toBeGreaterThan(0)
  expect(pages.length).toBeGreaterThan(coded)
  expect(entries?.rawSize).toBeLessThan(2 ** 20 + 2 ** 18)
})

test('pages without values do not decide, and a chunk of nulls has no dictionary', () => {
  const nulls = many(20_000, () => ({ text: null }))
  expect(chunkOf([...nulls, ...many(3000, (i) => ({ text: `${i % 9}` }))], 'text').used).toEqual([plain, dictionary])
  const { pages, dictionary: none } = chunkOf(nulls, 'text')
  expect(none).toBeNull()
  expect(pages.map(({ rows, count, nulls: missing, extremes }) => ({ rows, count, missing, extremes }))).toEqual([
    { rows: 20_000, count: 20_000, missing: 20_000, extremes: null },
  ])
})
