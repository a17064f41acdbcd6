import { compiled } from './compiled.ts'
import * as delta from './delta.ts'
import * as dictionary from './dictionary.ts'
import * as extremes from './extremes.ts'
import { hybrid } from './hybrid.ts'
import type { Kernels } from './kernels.ts'
import { KernelMemory } from './memory.ts'
import * as rows from './rows.ts'
import { snappy, stored } from './snappy.ts'
import * as texts from './texts.ts'
import { validTexts } from './utf8.ts'

/** Bytes by which the memory of WebAssembly grows. */
const PAGE = 65_536
/** Pages that are taken ahead, at most. */
const MOST_SPARE = 128

/** What is used of WebAssembly, whose types come with browsers alone. */
interface Engine {
  validate(bytes: Uint8Array): boolean
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: Compiled } }>
}
type Compiled = Run & { readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }; heapBase(): number }

type Run = Omit<Kernels, 'memory'>
type Twins = { readonly [K in keyof Run]: (memory: KernelMemory, ...rest: Parameters<Run[K]>) => ReturnType<Run[K]> }

const twins: Twins = { ...delta, ...dictionary, ...extremes, ...rows, ...texts, hybrid, snappy, stored, validTexts }

/** Returns the kernels in plain TypeScript: slower, and the definition of what the compiled ones do. */
export function plainKernels(): Kernels {
  let buffer = new ArrayBuffer(PAGE)
  const memory = new KernelMemory(
    {
      get buffer() {
        return buffer
      },
      grow(bytes) {
        const grown = new Uint8Array(Math.max(bytes, buffer.byteLength * 2))
        grown.set(new Uint8Array(buffer))
        buffer = grown.buffer
      },
    },
    0,
  )
  const run: Record<string, unknown> = {}
  for (const [name, twin] of Object.entries(twins)) run[name] = (twin as (memory: KernelMemory, ...given: number[]) => unknown).bind(null, memory)
  return { ...(run as Run), memory }
}

/** Returns the compiled kernels with a memory of their own. Null where the engine has no WebAssembly, or none with SIMD. */
export async function compiledKernels(): Promise<Kernels | null> {
  const { WebAssembly: engine } = globalThis as { readonly WebAssembly?: Engine }
  const bytes = Uint8Array.from(atob(compiled), (char) => char.charCodeAt(0))
  if (!engine?.validate(bytes)) return null
  const { instance } = await engine.instantiate(bytes)
  const { memory: grown, heapBase, ...run } = instance.exports
  const memory = new KernelMemory(
    {
      get buffer() {
        return grown.buffer
      },
      grow(needed) {
        const missing = Math.ceil((needed - grown.buffer.byteLength) / PAGE)
        // A quarter more, so that growing little by little costs little.
        grown.grow(Math.max(missing, Math.min(MOST_SPARE, grown.buffer.byteLength / PAGE / 4)))
      },
    },
    heapBase(),
  )
  return { ...run, memory }
}

/** Returns the compiled kernels, or the plain ones where the engine cannot run those. */
export async function loadKernels(): Promise<Kernels> {
  return (await compiledKernels()) ?? plainKernels()
}
