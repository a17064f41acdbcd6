import { afterEach, expect, test, vi } from 'vitest'
import { loadModule, loadModuleNow } from './module.ts'

afterEach(() => void vi.unstubAllGlobals())

const PAGE = 65_536
/** A module with a page of memory, `heapBase` that returns 1024 and `nine` that returns 9; made by hand. */
const bytes = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7f],
  ...[3, 3, 2, 0, 0],
  ...[5, 3, 1, 0, 1],
  ...[7, 28, 3, 6, ...Buffer.from('memory'), 2, 0, 8, ...Buffer.from('heapBase'), 0, 0, 4, ...Buffer.from('nine'), 0, 1],
  ...[10, 12, 2, 5, 0, 0x41, 0x80, 0x08, 0x0b, 4, 0, 0x41, 9, 0x0b],
]
const compiled = Buffer.from(bytes).toString('base64')
type Run = { nine(): number }

test('an instance has the functions of its module, and memory of its own above what the module uses', async () => {
  for (const load of [() => loadModule<Run>(compiled), () => loadModuleNow<Run>(compiled, {})]) {
    const [one, two] = [await load(), await load()]
    expect([one?.nine(), one?.memory.top, one?.memory.bytes.length]).toEqual([9, 1024, PAGE])
    expect(one?.memory.bytes.buffer).not.toBe(two?.memory.bytes.buffer)
  }
})

test('memory grows as it is taken, and keeps what it holds', () => {
  const memory = loadModuleNow<Run>(compiled, {})?.memory
  if (!memory) expect.fail('this engine has WebAssembly')
  const at = memory.put(Uint8Array.of(1, 2, 3))
  const far = memory.take(5_000_000)
  memory.bytes[far + 4_999_999] = 4
  expect([...memory.bytes.subarray(at, at + 3), memory.bytes[far + 4_999_999]]).toEqual([1, 2, 3, 4])
})

test.each([
  ['has no WebAssembly', undefined],
  ['cannot run the module', { validate: () => false }],
])('there is none where the engine %s', async (_, engine) => {
  vi.stubGlobal('WebAssembly', engine)
  expect([await loadModule(compiled), loadModuleNow(compiled, {})]).toEqual([null, null])
})

const engineThat = (error: Error) => ({
  validate: () => true,
  instantiate: () => Promise.reject(error),
  Module: class {},
  Instance: class {
    constructor() {
      throw error
    }
  },
})

test('there is none where its memory may not be reserved', async () => {
  vi.stubGlobal('WebAssembly', engineThat(new RangeError('could not allocate memory')))
  expect([await loadModule(compiled), loadModuleNow(compiled, {})]).toEqual([null, null])
})

test('a module that is wrong fails', async () => {
  const wrong = new Error('an import is missing')
  vi.stubGlobal('WebAssembly', engineThat(wrong))
  await expect(loadModule(compiled)).rejects.toBe(wrong)
  expect(() => loadModuleNow(compiled, {})).toThrow(wrong)
})
