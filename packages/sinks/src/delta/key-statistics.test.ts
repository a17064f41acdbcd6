import { date, decimal, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { batched, written } from '../../test/written.ts'
import { tableKey } from '../keyed/table-key.ts'
import { type KeyedFile, RangeKeys } from '../upserts/range-keys.ts'
import type { Add } from './actions.ts'
import { keyConstants, mayHold } from './key-statistics.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    day: date(),
    text: z.string().nullable(),
    number: z.number(),
    whole: z.int(),
    yes: z.boolean(),
    price: decimal(10, 2),
  }),
  { name: 'row', time: 'at' },
)
const row = { at: new Date('2026-03-01T00:00:00.500Z'), day: '2026-03-01', text: 'm', number: 1.5, whole: 10, yes: true, price: '10.00' }
const keyOf = (...columns: string[]) => {
  const key = tableKey(Row, { key: columns }, 'file:/t')
  if (!key) expect.fail('there is a key')
  return key
}
const add = (stats: object | string | undefined, partitionValues: Add['partitionValues'] = {}): Add => ({
  path: 'part-0.parquet',
  partitionValues,
  size: 1,
  modificationTime: 0,
  dataChange: true,
  ...(stats !== undefined && { stats: typeof stats === 'string' ? stats : JSON.stringify(stats) }),
})
const keyedBy = (revision: string | null, deleteWhen: string | null) => ({ ...keyOf('text'), revision, deleteWhen })
const between = (column: string, min: unknown, max: unknown, nulls: number | null = 0) =>
  add({ minValues: { [column]: min }, maxValues: { [column]: max }, ...(nulls !== null && { nullCount: { [column]: nulls } }) })

async function holds(column: string, file: Add, rows: readonly (typeof row)[] = [row]): Promise<boolean> {
  const key = keyOf(column)
  const bytes = written(Row, batched(Row, rows))
  const range: KeyedFile = { read: async () => bytes }
  return mayHold(file, key, await RangeKeys.read(key, [range]))
}

test.each<[column: string, meets: [unknown, unknown], misses: [unknown, unknown]]>([
  ['at', ['2026-03-01T00:00:00.500Z', '2026-04-01T00:00:00Z'], ['2026-03-01T00:00:00.501Z', '2026-04-01T00:00:00Z']],
  ['at', ['2026-01-01T00:00:00Z', '2026-03-01T00:00:00.499Z'], ['2026-01-01T00:00:00Z', '2026-03-01T00:00:00.498Z']],
  ['day', ['2026-03-01', '2026-03-02'], ['2026-03-02', '2026-03-03']],
  ['text', ['a', 'm'], ['ma', 'z']],
  ['number', [1.5, 2], [-1, 1.4]],
  ['whole', [10, 11], [11, 12]],
])('a file may have keys between its least and greatest %s', async (column, meets, misses) => {
  expect([await holds(column, between(column, ...meets)), await holds(column, between(column, ...misses))]).toEqual([true, false])
})

test.each<[string, Add, string]>([
  ['no statistics', add(undefined), 'whole'],
  ['statistics of another column', between('number', 8, 9), 'whole'],
  ['statistics that are no JSON', add('{'), 'whole'],
  ['null as statistics', add('null'), 'whole'],
  ['a whole number that JSON rounds', between('whole', 2 ** 60, 2 ** 61), 'whole'],
  ['a decimal', between('price', 11, 12), 'price'],
  ['a boolean', between('yes', false, false), 'yes'],
  ['a date that is none', between('day', 'x', 'x'), 'day'],
])('a file with %s may have any key', async (_, file, column) => expect(await holds(column, file)).toBe(true))

test('a file with nulls, or without a number of them, may have the key null', async () => {
  const none = [{ ...row, text: null as never }]
  expect(await holds('text', between('text', 'a', 'b', 1), none)).toBe(true)
  expect(await holds('text', between('text', 'a', 'b', null), none)).toBe(true)
  expect(await holds('text', between('text', 'a', 'b', 0), none)).toBe(false)
})

test('of columns in the path the value counts, and the empty text is null', async () => {
  expect([await holds('text', add(undefined, { text: 'm' })), await holds('text', add(undefined, { text: 'n' }))]).toEqual([true, false])
  expect([await holds('text', add(undefined, { text: null })), await holds('text', add(undefined, { text: '' }))]).toEqual([false, false])
  expect(await holds('text', add(undefined, { text: '' }), [{ ...row, text: null as never }])).toBe(true)
  const constants = keyConstants(
    add(undefined, { day: '1970-01-02', whole: '-3', yes: 'true', text: '', other: 'x' }),
    keyOf('day', 'whole', 'yes', 'text', 'at'),
  )
  expect([...constants]).toEqual([
    ['day', 1],
    ['whole', -3],
    ['yes', true],
    ['text', null],
  ])
})

test('the partition columns that are read stand in no file: those of the key, the revision, and what deletes', () => {
  const file = add(undefined, { text: '', revision: '12', yes: 'true', price: '1.00' })
  expect([...keyConstants(file, keyedBy('revision', 'yes'))]).toEqual([
    ['text', null],
    ['revision', 12],
    ['yes', true],
  ])
  expect([...keyConstants(file, keyedBy(null, null))]).toEqual([['text', null]])
})
