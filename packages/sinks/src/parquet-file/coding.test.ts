import { writeFile } from 'node:fs/promises'
import { defineSchema, instant, type RowOf } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder } from '../../test/helpers.ts'
import { batched, expected, kernels, readBack, written } from '../../test/written.ts'
import { packTable } from '../pack/pack-table.ts'
import { tableOf } from '../pack/table-of.ts'
import { codingOfFile, rowGroups } from './coding.ts'
import { leavesOf } from './schema.ts'

const schema = defineSchema(z.object({ at: instant(), text: z.string().nullable(), whole: z.int(), kind: z.enum(['a', 'b']).nullable() }), {
  name: 'c',
  time: 'at',
})
type Row = RowOf<typeof schema>
const rowsOf = (count: number, text: (i: number) => string | null): Row[] =>
  Array.from({ length: count }, (_, i) => ({ at: new Date(i), text: text(i), whole: i, kind: i % 3 ? 'a' : null }))

function coding(rows: readonly Row[], name: string, rowGroupRows = rows.length) {
  const tables = batched(schema, rows, 777).map((batch) => tableOf(packTable(schema as never, [batch] as never)))
  const leaf = leavesOf(schema.fields).find(({ path }) => path[0] === name)
  const { top } = kernels.memory
  const found = codingOfFile(kernels, tables, leaf as never, rowGroupRows)
  expect(kernels.memory.top).toBe(top)
  return found
}

test('texts that repeat in all row groups are codes in all, others in none', () => {
  expect(
    coding(
      rowsOf(100, (i) => `text ${i % 5}`),
      'text',
      50,
    ),
  ).toBe('codes')
  expect(
    coding(
      rowsOf(100, (i) => `text ${i}`),
      'text',
      50,
    ),
  ).toBe('direct')
  const later = rowsOf(40_000, (i) => (i < 10_000 ? 'x' : `a text of some length that is not there again: ${i}`))
  expect([coding(later.slice(0, 10_000), 'text'), coding(later, 'text', 10_000)]).toEqual(['codes', 'direct'])
})

test('members are codes, and numbers are as their row groups decide', () => {
  const rows = rowsOf(10, () => null)
  expect([coding(rows, 'kind'), coding(rows, 'whole'), coding(rows, 'text')]).toEqual(['codes', 'choose', 'direct'])
})

test('tables are cut into row groups, the first of which may have rows already', () => {
  const tables = batched(
    schema,
    rowsOf(10, () => null),
    4,
  ).map((batch) => tableOf(packTable(schema as never, [batch] as never)))
  const groups = (filled?: number) =>
    [...rowGroups(tables, 6, filled)].map(({ table, from, to, isLast }) => [tables.indexOf(table), from, to, isLast])
  expect(groups()).toEqual([
    [0, 0, 4, false],
    [1, 0, 2, true],
    [1, 2, 4, false],
    [2, 0, 2, false],
  ])
  expect(groups(2)).toEqual([
    [0, 0, 4, true],
    [1, 0, 4, false],
    [2, 0, 2, true],
  ])
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
