import fc from 'fast-check'
import { expect, test } from 'vitest'
import { putTexts, same } from '../../test/kernels.ts'

const valid = (texts: readonly Uint8Array[], first = 0) =>
  same((kernels) => {
    const { offsets, bytes } = putTexts(kernels, texts, first)
    return kernels.validTexts(offsets, bytes, texts.length)
  }) === 1

test('any texts are valid', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 })), fc.nat(9), (texts, first) => {
      expect(
        valid(
          texts.map((text) => Buffer.from(text)),
          first,
        ),
      ).toBe(true)
    }),
    { numRuns: 300 },
  )
})

/** Bytes that nearly make characters. */
const near = fc.array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x90, 0x9f, 0xa0, 0x8f), { maxLength: 5 })

test('what is no UTF-8 is found, as the platform finds it', () => {
  fc.assert(
    fc.property(fc.array(near), fc.nat(40), (texts, before) => {
      const all = [Buffer.alloc(before, 'x'), ...texts.map((bytes) => Buffer.from(bytes))]
      expect(valid(all)).toBe(all.every((text) => Buffer.from(text.toString()).equals(text)))
    }),
    { numRuns: 2000 },
  )
})

test('a character that is cut in two by a text that ends is none', () => {
  const [euro] = ['€'].map((text) => Buffer.from(text)) as [Buffer]
  expect(valid([euro.subarray(0, 2), euro.subarray(2)])).toBe(false)
  expect(valid([Buffer.from('a'.repeat(40)), euro.subarray(0, 1), Buffer.from(''), euro.subarray(1)])).toBe(false)
  expect(valid([euro, Buffer.from(''), euro])).toBe(true)
})
