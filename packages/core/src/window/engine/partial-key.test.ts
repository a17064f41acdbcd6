import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareTexts } from '../../base/compare-texts.ts'
import type { Json } from '../../base/json.ts'
import { Keys } from '../groups/keys.ts'
import { partialKey, partialKeyReader } from './partial-key.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', 'a","b', 'a b', 'a', 'a!', 'a#', '\u0000[1]', '\ud800'),
)
const value = fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true })) as fc.Arbitrary<Json>
const bounds = fc.constantFrom({ start: 0, end: 10 }, { start: 0, end: 1 }, { start: -10, end: 0 }, { start: 1.5, end: 10 })

test('a key is read as it was written, whatever was read before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(bounds, fc.array(value, { maxLength: 3 }))), (given) => {
      const read = partialKeyReader()
      for (const [interval, values] of given) {
        expect(read(partialKey(interval, values))).toEqual(JSON.parse(JSON.stringify({ interval, values })))
      }
    }),
  )
})

test('keys are ordered as the texts of their partials are', () => {
  const lists = fc.oneof(
    fc.array(fc.tuple(text)),
    fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b', '#', '~', 'é', '!') }))),
    fc.array(fc.tuple(value)),
    fc.array(fc.tuple(value, value)),
  ) as fc.Arbitrary<Json[][]>
  fc.assert(
    fc.property(lists, (all) => {
      const keys = new Keys(['k'])
      const ids = [...new Set(all.map((values) => keys.intern(values)))]
      const name = (id: number) => partialKey({ start: 0, end: 1 }, keys.values(id))
      const expected = ids.map(name).sort(compareTexts)
      expect(keys.ordered(ids).map(name)).toEqual(expected)
    }),
  )
})
