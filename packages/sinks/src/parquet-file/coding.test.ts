import { writeFile } from 'node:fs/promises'
import { defineSchema, instant, type RowOf } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder } from '../../test/helpers.ts'
import { batched, expected, kernels, readBack, written } from '../../test/written.ts'
import { packTable } from '../pack/pack-table.ts'
import { tableOf } from '../pack/table-of.ts'
import { codingOfFile } from './coding.ts'
import { leavesOf } from './schema.ts'

const schema = defineSchema(z.object({ at: instant(), text: z.string().nullable(), whole: z.int(), kind: z.enum(['a', 'b']).nullable() }), {
  name: 'c',
  time: 'at',
})
type Row = RowOf<typeof schema>
const rowsOf = (count: number, text: (i: number) => string | null): Row[] =>
  Array.from({ length: count }, (_, i) => ({ at: new Date(i), text: text(i), whole: i, kind: i % 3 ? 'a' : null }))

function coding(rows: readonly Row[], name: string, ...groups: [number, number][]) {
  const { columns, fields } = tableOf(packTable(schema as never, batched(schema, rows, 8192) as never))
  const { top } = kernels.memory
  const found = codingOfFile(kernels, columns, leavesOf(fields).find(({ path }) => path[0] === name) as never, groups)
  expect(kernels.memory.top).toBe(top)
  return found
}

test('texts that repeat in all row groups are codes in all, others in none', () => {
  expect(
    coding(
      rowsOf(100, (i) => `text ${i % 5}`),
      'text',
      [0, 50],
      [50, 100],
    ),
  ).toBe('codes')
  expect(
    coding(
      rowsOf(100, (i) => `text ${i}`),
      'text',
      [0, 50],
      [50, 100],
    ),
  ).toBe('direct')
  const later = rowsOf(40_000, (i) => (i < 10_000 ? 'x' : `a text of some length that is not there again: ${i}`))
  expect([coding(later, 'text', [0, 10_000]), coding(later, 'text', [0, 10_000], [10_000, 40_000])]).toEqual(['codes', 'direct'])
})

test('members are codes, and numbers are as their row groups decide', () => {
  const rows = rowsOf(10, () => null)
  expect([coding(rows, 'kind', [0, 10]), coding(rows, 'whole', [0, 10]), coding(rows, 'text', [0, 10])]).toEqual(['codes', 'choose', 'direct'])
})

test('a plain file mixes codes and texts in no column, and comes back', async () => {
  const rows = [...rowsOf(3000, (i) => (i % 2 ? `text ${i % 5}` : null)), ...rowsOf(3000, () => null), ...rowsOf(1, () => 'text 1')]
  const file = written(schema, batched(schema, rows), { plain: true, rowGroupRows: 3000 })
  expect(readBack(file)).toEqual(expected(schema, rows))
  const path = `${await folder()}/x.parquet`
  await writeFile(path, file)
  const found = await duck(`SELECT path_in_schema AS name, encodings FROM parquet_metadata('${path}') WHERE path_in_schema IN ('text', 'kind')`)
  expect(new Set(found.map(({ encodings }) => encodings))).toEqual(new Set(['PLAIN, RLE, RLE_DICTIONARY']))
  expect(await duck(`SELECT count(text)::INT AS texts, count(kind)::INT AS kinds FROM '${path}'`)).toEqual([{ texts: 1501, kinds: 4000 }])
})
