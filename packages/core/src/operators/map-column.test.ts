import { of } from 'rxjs'
import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals, type RowOf } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { instant } from '../values/instant.ts'
import { mapColumn } from './map-column.ts'

const Row = defineSchema(z.object({ at: instant(), level: z.enum(['low', 'high']).nullable(), text: z.string().optional(), n: z.int() }), {
  name: 'row',
  time: 'at',
})
type Row = RowOf<typeof Row>
const rows: Row[] = [
  { at: new Date(0), level: 'high', text: 'a', n: 0 },
  { at: new Date(1), level: null, n: 1 },
  { at: new Date(2), level: 'low', text: 'b', n: 2 },
]
const batch = Batch.of(Row, rows)

test('adds a column that is computed from another: an enum from an enum, text, or any other type', () => {
  const found: object[] = []
  of(batch)
    .pipe(
      mapColumn('level', 'team', z.enum(['Second', 'First']), (level) => (level === 'high' ? 'First' : 'Second')),
      mapColumn('level', 'words', z.array(z.string()).nullable(), (level) => level && [level, `${level}er`]),
      mapColumn('text', 'size', z.int(), (text) => text?.length ?? -1),
    )
    .subscribe((out) => {
      expectTypeOf<RowOf<typeof out.schema>['team']>().toEqualTypeOf<'First' | 'Second'>()
      found.push(...out)
    })
  expect(found).toEqual([
    { ...rows[0], team: 'First', words: ['high', 'higher'], size: 1 },
    { ...rows[1], team: 'Second', words: null, size: -1 },
    { ...rows[2], team: 'Second', words: ['low', 'lower'], size: 1 },
  ])
})

test('computes each member of an enum once a batch, and no value where there is none', () => {
  const seen: unknown[] = []
  const run = (some: readonly Row[]) =>
    of(Batch.of(Row, some))
      .pipe(mapColumn('level', 'n', z.int(), (level) => seen.push(level)))
      .subscribe()
  run([...rows, ...rows])
  run(rows.slice(0, 1))
  expect(seen).toEqual(['low', 'high', null, 'low', 'high'])
})

test('replaces the column of that name, and keeps positions and watermarks', () => {
  const metadata = { watermarks: Float64Array.of(1, 2, 3), offsets: Float64Array.of(5, 6, 7) }
  const found: unknown[] = []
  of(internals.make(Row, internals.columns(batch), batch.length, metadata, 'task'))
    .pipe(mapColumn('n', 'n', z.string(), (n) => `n${n}`))
    .subscribe((out) =>
      found.push(
        out.toArray().map(({ n }) => n),
        internals.metadata(out),
        out.schema.name,
      ),
    )
  expect(found).toEqual([['n0', 'n1', 'n2'], metadata, 'row_with_n'])
})

test('a value that does not fit, and a column that is not there, are the error of the flow', () => {
  const errors: unknown[] = []
  const error = (one: unknown) => errors.push(one)
  of(batch)
    .pipe(mapColumn('level', 'half', z.int(), () => 0.5))
    .subscribe({ error })
  of(batch)
    .pipe(mapColumn('nothing' as 'n', 'm', z.int(), (n) => n))
    .subscribe({ error })
  expect(errors).toMatchObject([{ code: 'BATCH_VALUE' }, { code: 'OPTION_INVALID' }])
})

test('keeps the laws of operators', () => {
  checkOperator(
    Row,
    mapColumn('level', 'team', z.enum(['a', 'b']).nullable(), (level) => (level === 'low' ? 'a' : null)),
  )
  checkOperator(
    Row,
    mapColumn('text', 'size', z.int(), (text) => text?.length ?? 0),
  )
})
