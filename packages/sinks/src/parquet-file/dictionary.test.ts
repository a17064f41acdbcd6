import { expect, test } from 'vitest'
import { putInts, putTexts, region } from '../../test/kernels.ts'
import { kernels } from '../../test/written.ts'
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
  const dictionary = valueDictionary(kernels, 100, 0)
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
  const dictionary = valueDictionary(kernels, 100, 4)
  expect(dictionary.code({ kind: 'fixed', count: 3, at: putInts(kernels, [7, 7, 9]), width: 4 }, target())).toBe(true)
  const page = dictionary.page()
  expect([...kernels.memory.ints(page.at, page.length / 4)]).toEqual([7, 9])
})

test('a page for which there is no room is refused as a whole, and adds nothing', () => {
  const dictionary = valueDictionary(kernels, 3, 0)
  expect(dictionary.code(texts('a', 'b'), target())).toBe(true)
  expect(dictionary.code(texts('c', 'd'), target())).toBe(false)
  expect(dictionary.size).toBe(2)
  const long = valueDictionary(kernels, 3, 0)
  expect(long.code(texts('x'.repeat(2 ** 20 + 1)), target())).toBe(false)
})

test('members are numbered as they are first seen, those that are not seen left out', () => {
  const dictionary = memberDictionary(kernels, ['x', 'yy', 'z'])
  const at = target()
  expect(dictionary.code({ kind: 'codes', count: 3, codes: Int8Array.of(2, 1, 2), members: [] }, at)).toBe(true)
  expect(codesAt(at, 3)).toEqual([0, 1, 0])
  const page = dictionary.page()
  expect(region(kernels, page.at, page.length).toString('latin1')).toBe('\x01\0\0\0z\x02\0\0\0yy')
})
