import { expect, test } from 'vitest'
import { cutDictionary, entriesOf, makeDictionary, readDictionary } from './dictionary-block.ts'
import { plainKernels } from './load.ts'

test('a new dictionary is empty, with at least twice as many slots as entries', () => {
  const { memory } = plainKernels()
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

test('entries can be forgotten from one on', () => {
  const kernels = plainKernels()
  const at = makeDictionary(kernels.memory, 10, 100)
  const values = kernels.memory.put(Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0))
  kernels.dictionaryFixed(at, values, 4, 3, kernels.memory.take(12))
  cutDictionary(kernels.memory, at, 2)
  expect([readDictionary(kernels.memory, at).size, [...entriesOf(kernels.memory, at, 2)]]).toEqual([2, [0, 4, 8]])
})
