import { afterEach, expect, test, vi } from 'vitest'
import { loadKernel } from './kernel.ts'

afterEach(() => void vi.unstubAllGlobals())

test('each kernel has a memory of its own', () => {
  const [one, two] = [0, 1].map(() => loadKernel())
  expect(one?.memory.bytes.buffer).not.toBe(two?.memory.bytes.buffer)
})

test('there is none without WebAssembly SIMD', () => {
  vi.stubGlobal('WebAssembly', { validate: () => false })
  expect(loadKernel()).toBeNull()
})
