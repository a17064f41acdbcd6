import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CodeSet } from './code-set.ts'

const members = (set: CodeSet) => [...set.sorted()]
const of = (codes: readonly number[]) => {
  const set = new CodeSet()
  for (const code of codes) set.add(code)
  return set
}
/** Near each other, which makes bits, or far apart, which stays a table for long. */
const codes = fc.oneof(
  fc.array(fc.nat(200), { maxLength: 300, size: 'max' }),
  fc.array(fc.nat(65_535), { maxLength: 300, size: 'max' }),
  fc.array(fc.constantFrom(0, 31, 32, 63, 64, 9_000, 65_535), { maxLength: 12 }),
)

test('holds each code once, however many there are and however far apart', () => {
  fc.assert(
    fc.property(codes, (all) => {
      const set = of(all)
      const wanted = [...new Set(all)].sort((a, b) => a - b)
      expect(members(set)).toEqual(wanted)
      expect(set.size).toBe(wanted.length)
    }),
    { numRuns: 300 },
  )
})

test('takes in another set, of the same form or not, and leaves that as it is', () => {
  fc.assert(
    fc.property(codes, codes, (mine, others) => {
      const [a, b] = [of(mine), of(others)]
      a.merge(b)
      const wanted = [...new Set([...mine, ...others])].sort((x, y) => x - y)
      expect(members(a)).toEqual(wanted)
      expect(a.size).toBe(wanted.length)
      expect(members(b)).toEqual([...new Set(others)].sort((x, y) => x - y))
    }),
    { numRuns: 300 },
  )
})

test('takes in itself', () => {
  const set = of([1, 2, 3])
  set.merge(set)
  expect(members(set)).toEqual([1, 2, 3])
})
