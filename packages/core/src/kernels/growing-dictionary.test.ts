import { expect, test } from 'vitest'
import { loadKernel } from '../schema/kernel/kernel.ts'
import { GrowingDictionary } from './growing-dictionary.ts'

const kernel = loadKernel() ?? expect.fail('this engine runs kernels')
const { memory } = kernel
const MANY = { entries: 65_536, bytes: 2 ** 20 }

/** The codes of texts; null where there was no room. */
function coded(dictionary: GrowingDictionary, ...texts: string[]): number[] | null {
  const { top } = memory
  const all = texts.map((text) => Buffer.from(text))
  const bytes = memory.put(Buffer.concat(all))
  const offsets = memory.take(4 * (texts.length + 1))
  const ends = memory.ints(offsets, texts.length + 1)
  ends[0] = 0
  for (const [i, { length }] of all.entries()) ends[i + 1] = (ends[i] as number) + length
  const target = memory.take(4 * texts.length)
  const isRoom = dictionary.code({ kind: 'texts', count: texts.length, offsets, bytes }, target)
  const codes = [...memory.ints(target, texts.length)]
  memory.release(top)
  return isRoom ? codes : null
}

test('texts have codes call by call, and nothing of the memory is taken between them', () => {
  const dictionary = new GrowingDictionary(kernel, MANY)
  const { top } = memory
  expect([coded(dictionary), coded(dictionary, 'b', 'a', 'b'), coded(dictionary, 'c', 'a')]).toEqual([[], [0, 1, 0], [2, 1]])
  expect([memory.top, dictionary.size, dictionary.length]).toEqual([top, 3, 3])
  expect(dictionary.from(1)).toEqual({ ends: Int32Array.of(0, 1, 2), bytes: Uint8Array.from(Buffer.from('ac')) })
  expect(new GrowingDictionary(kernel, MANY).from(0)).toEqual({ ends: Int32Array.of(0), bytes: new Uint8Array(0) })
})

test('values for which there is no room are refused as a whole, and add nothing', () => {
  const dictionary = new GrowingDictionary(kernel, { entries: 3, bytes: 100 })
  expect([coded(dictionary, 'a', 'b'), coded(dictionary, 'c', 'd'), dictionary.size]).toEqual([[0, 1], null, 2])
  expect(coded(dictionary, 'b', 'c', 'a')).toEqual([1, 2, 0])
  expect(coded(new GrowingDictionary(kernel, MANY), 'x'.repeat(2 ** 20 + 1))).toBeNull()
})

test('it grows with its entries, their number and their bytes, and keeps their codes', () => {
  const all = Array.from({ length: 5000 }, (_, i) => `text ${i} ${'x'.repeat(i % 50)}`)
  const dictionary = new GrowingDictionary(kernel, MANY)
  for (let from = 0; from < all.length; from += 700) {
    const some = all.slice(from, from + 700)
    expect(coded(dictionary, ...some)).toEqual(some.map((_, i) => from + i))
  }
  expect([dictionary.size, dictionary.length]).toEqual([5000, all.join('').length])
  expect(coded(dictionary, ...all.slice(0, 10))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})
