import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StateReader, StateWriter } from './state-bytes.ts'

test('reads what was written, in the same order', () => {
  const value = fc.oneof(
    fc.record({
      number: fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constantFrom(-0, 2 ** 48, -(2 ** 48), 2 ** 48 + 1, -1, 255, 256)),
    }),
    fc.record({ size: fc.nat({ max: Number.MAX_SAFE_INTEGER }) }),
    fc.record({ text: fc.string({ unit: 'grapheme' }) }),
    fc.record({ byte: fc.nat({ max: 255 }) }),
  )
  fc.assert(
    fc.property(fc.array(value), (all) => {
      const out = new StateWriter(1)
      for (const one of all) {
        if ('number' in one) out.number(one.number)
        else if ('size' in one) out.size(one.size)
        else if ('text' in one) out.text(one.text)
        else out.byte(one.byte)
      }
      const from = new StateReader(out.copy())
      const read = all.map((one) => {
        if ('number' in one) return { number: from.number() }
        if ('size' in one) return { size: from.size() }
        return 'text' in one ? { text: from.text() } : { byte: from.byte() }
      })
      expect(read).toEqual(all)
      expect(from.isAtEnd).toBe(true)
    }),
  )
})

test('small whole numbers take few bytes', () => {
  const length = (number: number) => {
    const out = new StateWriter()
    out.number(number)
    return out.length
  }
  expect([0, 1, -1, 127, 128, 40_000, 0.5, -0, 2 ** 50].map(length)).toEqual([1, 2, 2, 2, 3, 4, 9, 9, 9])
})

test('bytes that end too early are refused', () => {
  const out = new StateWriter()
  out.text('abc')
  expect(() => new StateReader(out.copy().subarray(0, 3)).text()).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
})
