import fc from 'fast-check'
import { expect, test } from 'vitest'
import { putInts, putTexts, region, same } from '../../test/kernels.ts'

const anyText = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 250, maxLength: 600 }))

test('PLAIN texts have their length before them', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 40 }), fc.nat(9), (texts, first) => {
      const expected = texts.flatMap((text) => {
        const length = Buffer.alloc(4)
        length.writeUInt32LE(text.length)
        return [length, text]
      })
      const found = same((kernels) => {
        const { offsets, bytes } = putTexts(kernels, texts, first)
        const target = kernels.memory.take(700 * (texts.length + 1))
        return region(kernels, target, kernels.plainTexts(offsets, bytes, texts.length, target))
      })
      expect(found).toEqual(Buffer.concat(expected))
    }),
  )
})

test('the lengths of texts are their differences of offsets', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1 }), fc.nat(9), (texts, first) => {
      const found = same((kernels) => {
        const { offsets } = putTexts(kernels, texts, first)
        const target = putInts(kernels, new Array(texts.length).fill(0))
        kernels.textLengths(offsets, texts.length, target)
        return [...kernels.memory.ints(target, texts.length)]
      })
      expect(found).toEqual(texts.map(({ length }) => length))
    }),
  )
})
