import { of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals, type RowOf } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { instant } from '../values/instant.ts'
import { filterColumn } from './filter-column.ts'

const Row = defineSchema(z.object({ at: instant(), level: z.enum(['low', 'high']).nullable(), text: z.string().optional(), n: z.int() }), {
  name: 'row',
  time: 'at',
})
type Row = RowOf<typeof Row>
const rows: Row[] = [
  { at: new Date(0), level: 'high', text: 'a', n: 0 },
  { at: new Date(1), level: null, n: 1 },
  { at: new Date(2), level: 'low', text: 'b', n: 2 },
  { at: new Date(3), level: 'high', text: 'b', n: 3 },
]
const batch = Batch.of(Row, rows)

function kept<K extends keyof Row>(name: K, predicate: (value: Row[K]) => boolean, from = batch): unknown[] {
  const found: unknown[] = []
  of(from)
    .pipe(filterColumn(name, predicate))
    .subscribe({ next: (out) => found.push(...out.toArray().map(({ n }) => n)), error: (error) => found.push(error) })
  return found
}

test('keeps the rows whose value passes: of an enum, of text, of numbers, and where there is none', () => {
  expect(kept('level', (level) => level === 'high')).toEqual([0, 3])
  expect(kept('level', (level) => level === null)).toEqual([1])
  expect(kept('text', (text) => text !== 'a')).toEqual([1, 2, 3])
  expect(kept('text', (text) => text === undefined)).toEqual([1])
  expect(kept('n', (n) => n % 2 === 1)).toEqual([1, 3])
})

test('looks at each member of an enum once a batch, whatever the number of rows', () => {
  const seen: unknown[] = []
  kept('level', (level) => seen.push(level) > 0, Batch.of(Row, [...rows, ...rows, ...rows]))
  expect(seen).toEqual(['low', 'high', null])
})

test('passes an empty batch, and the batch itself where all rows stay', () => {
  const found: Batch<Row>[] = []
  of(Batch.of(Row, []), batch)
    .pipe(filterColumn('n', () => true))
    .subscribe((out) => found.push(out))
  expect([found[0]?.length, found[1] === batch]).toEqual([0, true])
})

test('keeps positions and watermarks, and reports what the predicate throws', () => {
  const metadata = { watermarks: Float64Array.of(1, 2, 3, 4), offsets: Float64Array.of(5, 6, 7, 8) }
  of(internals.make(Row, internals.columns(batch), batch.length, metadata, 'task'))
    .pipe(filterColumn('n', (n) => n > 1))
    .subscribe((out) => expect(internals.metadata(out)?.offsets).toEqual(Float64Array.of(7, 8)))
  const wrong = new Error('wrong')
  const thrower = () => {
    throw wrong
  }
  expect(kept('n', thrower)).toEqual([wrong])
  expect(kept('nothing' as 'n', () => true)).toMatchObject([{ code: 'OPTION_INVALID' }])
})

test('keeps the laws of operators', () => {
  checkOperator(
    Row,
    filterColumn('level', (level) => level !== 'low'),
  )
})
