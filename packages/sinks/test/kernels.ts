import { expect } from 'vitest'
import type { Kernels } from '../src/kernels/kernels.ts'
import { compiledKernels, plainKernels } from '../src/kernels/load.ts'

const compiled = await compiledKernels()
if (!compiled) throw new Error('tests of kernels need an engine with WebAssembly SIMD')
const both = [compiled, plainKernels()] as const

/** Runs the same on the compiled and the plain kernels, in a memory that is full of something else, and returns what both gave. */
export function same<V>(run: (kernels: Kernels) => V): V {
  const [a, b] = both.map((kernels) => {
    const { top } = kernels.memory
    try {
      return run(kernels)
    } finally {
      kernels.memory.bytes.fill(0xa5, top)
      kernels.memory.release(top)
    }
  }) as [V, V]
  expect(a).toEqual(b)
  return b
}

/** Puts texts into the memory: their offsets, which begin at `first`, and their bytes. */
export function putTexts({ memory }: Kernels, texts: readonly Uint8Array[], first = 0): { offsets: number; bytes: number } {
  const offsets = Int32Array.from({ length: texts.length + 1 }, () => first)
  texts.forEach((text, i) => {
    offsets[i + 1] = (offsets[i] as number) + text.length
  })
  return { offsets: memory.put(new Uint8Array(offsets.buffer)), bytes: memory.put(Buffer.concat([new Uint8Array(first), ...texts])) }
}

/** Puts 32-bit integers into the memory. */
export const putInts = ({ memory }: Kernels, ints: readonly number[]): number => memory.put(new Uint8Array(Int32Array.from(ints).buffer))

/** Returns a copy of a region. */
export const region = ({ memory }: Kernels, at: number, length: number): Buffer => Buffer.from(memory.bytes.slice(at, at + length))
