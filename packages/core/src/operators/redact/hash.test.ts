import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyedHash } from '../../base/keyed-hash.ts'
import { columnBuilder } from '../../batch/builder.ts'
import { stringReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'
import { hasher } from './hash.ts'

const key = randomBytes(32)
const field = (kind: Field['kind'], values: readonly string[] = []): Field => ({ name: 'x', kind, values, optional: false, nullable: true })

/** Hashes batches of a column; tells how many values were hashed. */
function hashed(column: Field, batches: readonly (readonly unknown[])[], path = 'hash.test') {
  let calls = 0
  const hash = keyedHash(key)
  const make = hasher((...value) => {
    calls++
    hash(...value)
  })
  const builder = columnBuilder(column)
  const texts = batches.map((values) => {
    for (const value of values) builder.add(value)
    const made = make({ path, field: column, data: builder.finish(), isPresent: (i) => values[i] !== null })
    return values.map((_, i) => stringReader(made)(i))
  })
  return { texts, calls }
}
const expected = (value: unknown) => (value === null ? '' : createHmac('sha256', key).update(String(value)).digest('hex'))

test('hashes each text that repeats once, also in later batches', () => {
  const batches = [
    ['a', 'b', null, 'a', 'b', 'a'],
    ['b', 'c', 'a'],
  ]
  expect(hashed(field('string'), batches)).toEqual({ texts: batches.map((values) => values.map(expected)), calls: 3 })
})

test('hashes each member of an enum once, and none that is not there', () => {
  const values = ['m3', 'm1', null, 'm3', 'm1']
  expect(
    hashed(
      field(
        'enum',
        Array.from({ length: 200 }, (_, i) => `m${i}`),
      ),
      [values, values],
    ),
  ).toEqual({ texts: [values, values].map((all) => all.map(expected)), calls: 2 })
})

test('hashes more different texts than have codes, each right', () => {
  const values = Array.from({ length: 70_000 }, (_, i) => `text-${i}`)
  const { texts, calls } = hashed(field('string'), [values, ['text-1']], 'hash.test.many')
  expect(calls).toBeGreaterThanOrEqual(values.length)
  for (const i of [0, 1, 65_535, 65_536, 69_999]) expect(texts[0]?.[i]).toBe(expected(values[i]))
  expect(texts[1]).toEqual([expected('text-1')])
})

test('whole numbers are their digits, and days their text', () => {
  expect(hashed(field('integer'), [[-(2 ** 53) + 1, 0, null]], 'a').texts).toEqual([[expected('-9007199254740991'), expected('0'), '']])
  expect(hashed(field('int32'), [[-5]], 'b').texts).toEqual([[expected('-5')]])
  expect(hashed(field('date'), [['2026-01-31', null]], 'c').texts).toEqual([[expected('2026-01-31'), '']])
})
