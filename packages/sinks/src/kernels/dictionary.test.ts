import { entriesOf, makeDictionary, readDictionary } from '@tickets/core/kernels'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { putTexts, region, same } from '../../test/kernels.ts'
import type { Kernels } from './kernels.ts'

/** The codes and the entries after all texts were looked up, a few at a time. */
function coded(texts: readonly Uint8Array[], maxEntries: number, maxBytes: number, perCall = texts.length) {
  return same((kernels) => {
    const dictionary = makeDictionary(kernels.memory, maxEntries, maxBytes)
    const codes: number[] = []
    for (let at = 0; at < texts.length; at += perCall) {
      const part = texts.slice(at, at + perCall)
      const { offsets, bytes } = putTexts(kernels, part, at % 5)
      const target = kernels.memory.take(4 * part.length)
      const done = kernels.dictionaryTexts(dictionary, offsets, bytes, part.length, target)
      codes.push(...kernels.memory.ints(target, done))
      if (done < part.length) break
    }
    return { codes, entries: entriesIn(kernels, dictionary) }
  })
}

function entriesIn(kernels: Kernels, at: number): Buffer[] {
  const { size, bytes } = readDictionary(kernels.memory, at)
  const ends = [...entriesOf(kernels.memory, at, size)]
  return ends.slice(1).map((end, i) => region(kernels, bytes + (ends[i] as number), end - (ends[i] as number)))
}

const few = fc.constantFrom(
  ...['', 'a', 'aa', 'ab', 'eight___', 'eight___9', 'sixteen_bytes___', 'seventeen_bytes__', '\0', '\0\0'].map((text) => Buffer.from(text)),
)
const anyText = fc.oneof(few, fc.uint8Array({ maxLength: 30 }))

test('equal texts have equal codes, in the order in which they are first seen', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 100 }), fc.integer({ min: 1, max: 40 }), (texts, perCall) => {
      const seen = [...new Set(texts.map((text) => Buffer.from(text).toString('hex')))]
      const { codes, entries } = coded(texts, 200, 10_000, perCall)
      expect(codes).toEqual(texts.map((text) => seen.indexOf(Buffer.from(text).toString('hex'))))
      expect(entries.map((entry) => entry.toString('hex'))).toEqual(seen)
    }),
    { numRuns: 300 },
  )
})

test('says how many texts it had room for, by entries and by bytes', () => {
  const texts = ['one', 'two', 'one', 'three', 'two', 'four'].map((text) => Buffer.from(text))
  expect(coded(texts, 3, 100).codes).toEqual([0, 1, 0, 2, 1])
  expect(coded(texts, 9, 10).codes).toEqual([0, 1, 0])
  expect(coded(texts, 9, 11).codes).toEqual([0, 1, 0, 2, 1])
})

test.each([4, 8, 16])('values of %i bytes', (width) => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 100 }), (numbers) => {
      const values = Buffer.concat(numbers.map((number) => Buffer.alloc(width, number)))
      const seen = [...new Set(numbers)]
      const found = same((kernels) => {
        const dictionary = makeDictionary(kernels.memory, 100, 100 * width)
        const at = kernels.memory.put(values)
        const codes = kernels.memory.take(4 * numbers.length)
        expect(kernels.dictionaryFixed(dictionary, at, width, numbers.length, codes)).toBe(numbers.length)
        return { codes: [...kernels.memory.ints(codes, numbers.length)], entries: entriesIn(kernels, dictionary) }
      })
      expect(found).toEqual({ codes: numbers.map((number) => seen.indexOf(number)), entries: seen.map((number) => Buffer.alloc(width, number)) })
    }),
  )
})
