import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { kernels } from '../../test/written.ts'
import { PageCompressor } from './compressor.ts'

const repetitive = () => kernels.memory.put(Buffer.alloc(10_000, 'ticket '))
const random = () => kernels.memory.put(randomBytes(10_000))

test('without a codec the bytes are as they are', () => {
  const at = random()
  expect(new PageCompressor(kernels, 'UNCOMPRESSED').compress(at, 100, 'x')).toEqual(kernels.memory.bytes.slice(at, at + 100))
})

test('after a page that does not compress the next seven like it are stored, and others are not', () => {
  const compressor = new PageCompressor(kernels, 'SNAPPY')
  const sizes = (count: number, content: string) => Array.from({ length: count }, () => compressor.compress(repetitive(), 10_000, content).length)
  expect(compressor.compress(random(), 10_000, 'ids').length).toBeGreaterThan(10_000)
  expect(sizes(1, 'texts')[0]).toBeLessThan(1000)
  expect(sizes(7, 'ids').every((size) => size > 10_000)).toBe(true)
  expect(sizes(2, 'ids').every((size) => size < 1000)).toBe(true)
})
