import { expect, test } from 'vitest'
import { putInts, putTexts, region } from '../../test/kernels.ts'
import { kernels, plain } from '../../test/written.ts'
import { memberDictionary, valueDictionary } from './dictionary.ts'

const target = () => kernels.memory.take(4000)
const codesAt = (at: number, count: number) => [...kernels.memory.ints(at, count)]
const texts = (...all: string[]) => {
  const { offsets, bytes } = putTexts(
    kernels,
    all.map((text) => Buffer.from(text)),
  )
  return { kind: 'texts', count: all.length, offsets, bytes, first: 0, length: all.join('').length } as const
}

test('texts get codes page by page, and their page has lengths before them', () => {
  const dictionary = valueDictionary(kernels, 0)
  const at = target()
  expect(dictionary.code(texts('b', 'a', 'b'), at)).toBe(true)
  expect(codesAt(at, 3)).toEqual([0, 1, 0])
  expect(dictionary.code(texts('c', 'a'), at)).toBe(true)
  expect(codesAt(at, 2)).toEqual([2, 1])
  const page = dictionary.page()
  expect([dictionary.size, dictionary.bytes]).toEqual([3, 15])
  expect(region(kernels, page.at, page.length).toString('latin1')).toBe('\x01\0\0\0b\x01\0\0\0a\x01\0\0\0c')
})

test('numbers have a page of their bytes', () => {
  const dictionary = valueDictionary(kernels, 4)
  expect(dictionary.code({ kind: 'fixed', count: 3, at: putInts(kernels, [7, 7, 9]), width: 4 }, target())).toBe(true)
  const page = dictionary.page()
  expect([...kernels.memory.ints(page.at, page.length / 4)]).toEqual([7, 9])
})

test('a page for which there is no room is refused as a whole, and adds nothing', () => {
  const dictionary = valueDictionary(kernels, 0, { entries: 3, bytes: 100 })
  expect(dictionary.code(texts('a', 'b'), target())).toBe(true)
  expect(dictionary.code(texts('c', 'd'), target())).toBe(false)
  expect(dictionary.size).toBe(2)
  expect(dictionary.code(texts('b', 'c', 'a'), target())).toBe(true)
  const long = valueDictionary(kernels, 0)
  expect(long.code(texts('x'.repeat(2 ** 20 + 1)), target())).toBe(false)
})

test('members are numbered as they are first seen, those that are not seen left out', () => {
  const dictionary = memberDictionary(kernels)
  const at = target()
  expect(dictionary.code({ kind: 'codes', count: 3, codes: Int8Array.of(2, 1, 2), members: ['x', 'yy', 'z'] }, at)).toBe(true)
  expect(codesAt(at, 3)).toEqual([0, 1, 0])
  expect(dictionary.code({ kind: 'codes', count: 2, codes: Int8Array.of(0, 1), members: ['yy', 'z'] }, at)).toBe(true)
  expect(codesAt(at, 2)).toEqual([1, 0])
  const page = dictionary.page()
  expect(region(kernels, page.at, page.length).toString('latin1')).toBe('\x01\0\0\0z\x02\0\0\0yy')
})

test('a dictionary grows with its entries, their number and their bytes, and keeps their codes', () => {
  for (const by of [kernels, plain]) {
    const all = Array.from({ length: 5000 }, (_, i) => `text ${i} ${'x'.repeat(i % 50)}`)
    const grown = valueDictionary(by, 0)
    for (let from = 0; from < all.length; from += 700) {
      const some = all.slice(from, from + 700)
      const { offsets, bytes } = putTexts(
        by,
        some.map((text) => Buffer.from(text)),
      )
      const { top } = by.memory
      const at = by.memory.take(4 * some.length)
      expect(grown.code({ kind: 'texts', count: some.length, offsets, bytes, first: 0, length: some.join('').length }, at)).toBe(true)
      expect([...by.memory.ints(at, some.length)]).toEqual(some.map((_, i) => from + i))
      by.memory.release(top)
    }
    expect([grown.size, grown.bytes]).toEqual([5000, all.join('').length + 4 * 5000])
  }
})
