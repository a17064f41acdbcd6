import { expect, test } from 'vitest'
import { readThrift } from '../../test/thrift.ts'
import { kernels } from '../../test/written.ts'
import { PageCompressor } from './compressor.ts'
import { encodings } from './encodings.ts'
import { dataPage, dictionaryPage } from './page.ts'

const compressor = new PageCompressor(kernels, 'UNCOMPRESSED')
const leaf = { top: 0, path: ['x'], kind: 'int32', physical: 1, width: 4, steps: [], maxDefinition: 3, maxRepetition: 1 } as const

test('a data page of version 1 has both levels before the values, and a head that says how long all is', () => {
  const levels = { count: 9, repetition: new Int32Array(9).fill(1), definition: new Int32Array(9).fill(3), first: 0, values: 9, rows: null }
  const write = (target: number) => {
    kernels.memory.bytes.set([7, 8], target)
    return 2
  }
  const { bytes, rawSize } = dataPage(kernels, compressor, leaf, levels, { encoding: encodings.plain, bound: 2, write })
  const { struct, length } = readThrift(bytes)
  expect(struct).toEqual({ 1: 0, 2: 14, 3: 14, 5: { 1: 9, 2: 0, 3: 3, 4: 3 } })
  expect([...bytes.subarray(length)]).toEqual([2, 0, 0, 0, 18, 1, 2, 0, 0, 0, 18, 3, 7, 8])
  expect(rawSize).toBe(length + 14)
})

test('the page of a dictionary says how many entries it has; sizes are those before and after compression', () => {
  const at = kernels.memory.put(new Uint8Array(1000))
  const { bytes, rawSize } = dictionaryPage(new PageCompressor(kernels, 'SNAPPY'), 250, at, 1000)
  const { struct, length } = readThrift(bytes)
  expect(struct).toEqual({ 1: 2, 2: 1000, 3: bytes.length - length, 7: { 1: 250, 2: 0 } })
  expect(rawSize).toBe(length + 1000)
  expect(bytes.length - length).toBeLessThan(100)
})
