import { afterEach, expect, test, vi } from 'vitest'
import { compiledKernels, loadKernels, plainKernels } from './load.ts'

afterEach(() => void vi.unstubAllGlobals())

const snappyOf = ({ memory, snappy }: Awaited<ReturnType<typeof loadKernels>>) => {
  const source = memory.put(Buffer.alloc(1000, 'abc'))
  const table = memory.take(32_768)
  const target = memory.take(2000)
  return [...memory.bytes.slice(target, target + snappy(source, 1000, table, target))]
}

test('takes the compiled kernels where the engine runs them', async () => {
  expect(Object.keys(await loadKernels()).sort()).toEqual(Object.keys(plainKernels()).sort())
  const [first, second] = [await compiledKernels(), await compiledKernels()]
  expect(first?.memory.bytes.buffer).not.toBe(second?.memory.bytes.buffer)
})

test.each([
  ['without WebAssembly', undefined],
  ['without SIMD', { validate: () => false }],
])('%s the plain ones give the same', async (_, engine) => {
  const expected = snappyOf(await loadKernels())
  vi.stubGlobal('WebAssembly', engine)
  expect(await compiledKernels()).toBeNull()
  expect(snappyOf(await loadKernels())).toEqual(expected)
})

test('memory grows as it is taken, and keeps what it holds', async () => {
  for (const { memory } of [await loadKernels(), plainKernels()]) {
    const at = memory.put(Uint8Array.of(1, 2, 3))
    const far = memory.take(50_000_000)
    memory.bytes[far + 49_999_999] = 4
    expect([...memory.bytes.subarray(at, at + 3), memory.bytes[far + 49_999_999]]).toEqual([1, 2, 3, 4])
  }
})
