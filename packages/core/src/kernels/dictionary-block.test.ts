import { expect, test } from 'vitest'
import { loadKernel } from '../schema/kernel/kernel.ts'
import { entriesOf, loadDictionary, makeDictionary, readDictionary, saveDictionary, savedEntries } from './dictionary-block.ts'

const kernel = loadKernel() ?? expect.fail('this engine runs kernels')
const { memory } = kernel

test('a new dictionary is empty, with at least twice as many slots as entries', () => {
  for (const [entries, mask] of [
    [1, 1],
    [100, 255],
    [65_536, 131_071],
  ] as const) {
    const at = makeDictionary(memory, entries, 1000)
    const made = readDictionary(memory, at)
    expect(made).toMatchObject({ mask, size: 0, maxEntries: entries, maxBytes: 1000 })
    expect(memory.ints(made.slots, mask + 1).every((code) => code === -1)).toBe(true)
    expect([...entriesOf(memory, at, 0)]).toEqual([0])
  }
})

test('what is saved lies over what was saved before, where there is room', () => {
  const { top } = memory
  const [small, large] = [makeDictionary(memory, 10, 100), makeDictionary(memory, 1000, 100)]
  const saved = saveDictionary(memory, small)
  expect(saveDictionary(memory, small, saved)).toBe(saved)
  const longer = saveDictionary(memory, large, saved)
  expect(longer).not.toBe(saved)
  expect(saveDictionary(memory, small, longer)).toBe(longer)
  expect(readDictionary(memory, loadDictionary(memory, longer))).toMatchObject({ size: 0, maxEntries: 10, maxBytes: 100 })
  memory.release(top)
})

test('a dictionary is saved, and continues at another address', () => {
  const { top } = memory
  const valuesAt = (...values: number[]) => {
    const at = memory.take(4 * values.length)
    memory.ints(at, values.length).set(values)
    return at
  }
  const codes = (at: number, ...values: number[]) => {
    const target = memory.take(4 * values.length)
    expect(kernel.dictionaryFixed(at, valuesAt(...values), 4, values.length, target)).toBe(values.length)
    return [...memory.ints(target, values.length)]
  }
  const at = makeDictionary(memory, 10, 100)
  expect(codes(at, 7, 8, 7)).toEqual([0, 1, 0])
  const saved = saveDictionary(memory, at)
  expect(savedEntries(saved, 0)).toEqual({ ends: Int32Array.of(0, 4, 8), bytes: Uint8Array.of(7, 0, 0, 0, 8, 0, 0, 0) })
  expect(savedEntries(saved, 1)).toEqual({ ends: Int32Array.of(0, 4), bytes: Uint8Array.of(8, 0, 0, 0) })
  expect(savedEntries(saved, 2)).toEqual({ ends: Int32Array.of(0), bytes: new Uint8Array(0) })
  memory.release(top)
  valuesAt(...new Array<number>(500).fill(-1))
  const again = loadDictionary(memory, saved)
  expect(again).not.toBe(at)
  expect(readDictionary(memory, again)).toMatchObject({ size: 2, maxEntries: 10, maxBytes: 100 })
  expect(codes(again, 9, 8, 7, 9)).toEqual([2, 1, 0, 2])
  expect([...entriesOf(memory, again, 3)]).toEqual([0, 4, 8, 12])
})
