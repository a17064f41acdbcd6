import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { compareTexts } from '../../base/compare-texts.ts'
import type { Json } from '../../base/json.ts'
import { Batch } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { Keys } from './keys.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    text: z.string(),
    maybe: z.string().optional(),
    kind: z.enum(['x', 'y']),
    size: z.number().nullable(),
    flag: z.boolean(),
    when: instant(),
  }),
  { name: 'row', time: 'at' },
)
type Row = ReturnType<(typeof Row)['decode']>['batch'] extends Batch<infer T> ? T : never
const row = (more: Partial<Row> = {}): Row => ({ at: new Date(0), text: 't', kind: 'x', size: 1, flag: true, when: new Date(5), ...more })

/** The values of each row's key, read in the batches given. */
function valuesIn(keys: Keys, ...batches: readonly Row[][]): (readonly Json[])[] {
  return batches.flatMap((rows) => {
    const reader = keys.reader(Batch.of(Row, rows))
    return rows.map((_, i) => keys.values(reader.idOf(i)))
  })
}

describe('reading the key of a row', () => {
  test('gives its values in the order of the columns, instants as milliseconds and what is missing as null', () => {
    expect(valuesIn(new Keys(['when', 'maybe', 'size', 'flag']), [row({ size: null }), row({ maybe: 'm' })])).toEqual([
      [5, null, null, true],
      [5, 'm', 1, true],
    ])
  })

  test.each([
    ['text', [{ text: 'a' }, { text: '' }, { text: 'a' }], [['a'], [''], ['a']]],
    ['maybe', [{ maybe: 'a' }, {}, { maybe: 'null' }, {}], [['a'], [null], ['null'], [null]]],
    ['kind', [{ kind: 'y' }, { kind: 'x' }, { kind: 'y' }], [['y'], ['x'], ['y']]],
    ['size', [{ size: 1 }, { size: null }, { size: 1.5 }, { size: 1 }], [[1], [null], [1.5], [1]]],
    ['flag', [{ flag: true }, { flag: false }], [[true], [false]]],
    ['when', [{ when: new Date(7) }, { when: new Date(7) }], [[7], [7]]],
  ] as const)('of one column, %s, keeps equal values together and others apart', (by, rows, expected) => {
    const keys = new Keys([by])
    const given = rows.map((more) => row(more as Partial<Row>))
    expect(valuesIn(keys, given)).toEqual(expected)
    const reader = keys.reader(Batch.of(Row, given))
    const ids = given.map((_, i) => reader.idOf(i))
    const names = expected.map((values) => JSON.stringify(values))
    expect(ids.map((id) => ids.indexOf(id))).toEqual(names.map((name) => names.indexOf(name)))
  })

  test('gives every row the same key where there is no column', () => {
    expect(valuesIn(new Keys([]), [row(), row({ text: 'u' })])).toEqual([[], []])
  })

  test('knows a key again in the next batch, whose enum may have its members in another order', () => {
    const keys = new Keys(['kind'])
    const ids = [
      [row({ kind: 'y' }), row({ kind: 'x' })],
      [row({ kind: 'x' }), row({ kind: 'y' })],
    ].map((rows) => {
      const reader = keys.reader(Batch.of(Row, rows))
      return rows.map((_, i) => reader.idOf(i))
    })
    expect(ids[1]).toEqual([...(ids[0] ?? [])].reverse())
  })

  test('never takes two columns for one whose text looks like both', () => {
    const keys = new Keys(['text', 'maybe'])
    const reader = keys.reader(Batch.of(Row, [row({ text: 'a","b' }), row({ text: 'a', maybe: 'b' }), row({ text: '\u0000["a","b"]' })]))
    expect(new Set([0, 1, 2].map((i) => reader.idOf(i))).size).toBe(3)
  })

  test('never takes a text for the name that is made of other values', () => {
    const keys = new Keys(['text'])
    const number = keys.intern([1])
    const reader = keys.reader(Batch.of(Row, [row({ text: '\u0000[1]' }), row({ text: '1' })]))
    expect(new Set([number, reader.idOf(0), reader.idOf(1)]).size).toBe(3)
    expect(keys.values(reader.idOf(0))).toEqual(['\u0000[1]'])
  })
})

test('a released number goes to another key, and the key that had it gets a new one', () => {
  const keys = new Keys(['text'])
  const [a, b] = [keys.intern(['a']), keys.intern(['b'])]
  keys.release(a)
  expect(keys.intern(['c'])).toBe(a)
  expect(keys.values(a)).toEqual(['c'])
  expect(keys.intern(['b'])).toBe(b)
  expect(keys.values(keys.intern(['a']))).toEqual(['a'])
})

test('releasing a number twice gives it to one key only', () => {
  const keys = new Keys(['text'])
  const a = keys.intern(['a'])
  keys.release(a)
  keys.release(a)
  expect(keys.intern(['b'])).not.toBe(keys.intern(['c']))
})

test('as many numbers are in use as keys are held, however many come and go', () => {
  const value = fc.oneof(fc.constantFrom('a', 'b', '', '\u0000', '\u0000["a"]'), fc.constantFrom(null, 1, true)) as fc.Arbitrary<Json>
  const values = fc.array(value, { minLength: 1, maxLength: 2 })
  fc.assert(
    fc.property(fc.array(fc.tuple(values, fc.boolean())), (steps) => {
      const keys = new Keys(['k'])
      const held = new Map<string, number>()
      let most = 0
      for (const [given, isReleased] of steps) {
        const name = JSON.stringify(given)
        const id = keys.intern(given)
        expect(held.get(name) ?? id).toBe(id)
        held.set(name, id)
        most = Math.max(most, held.size)
        if (isReleased) {
          keys.release(id)
          held.delete(name)
        }
        expect(new Set(held.values()).size).toBe(held.size)
        for (const [other, at] of held) expect(JSON.stringify(keys.values(at))).toBe(other)
      }
      for (const id of held.values()) expect(id).toBeLessThan(most)
    }),
  )
})

test('orders numbers by the JSON text of their values', () => {
  const keys = new Keys(['k'])
  const ids = ['b', 'a', 'a!', '😀', 'a"', '\ufffd', 'é', 'a#'].map((text) => keys.intern([text]))
  const json = keys.ordered(ids).map((id) => JSON.stringify(keys.values(id)))
  expect(json).toEqual([...json].sort(compareTexts))
  expect(json).toHaveLength(8)
})
