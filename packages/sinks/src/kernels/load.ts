import { KernelMemory, loadModule } from '@tickets/core/kernels'
import { compiled } from './compiled.ts'
import * as delta from './delta.ts'
import * as dictionary from './dictionary.ts'
import * as extremes from './extremes.ts'
import { hybrid } from './hybrid.ts'
import type { Kernels } from './kernels.ts'
import * as rows from './rows.ts'
import { snappy, stored } from './snappy.ts'
import * as texts from './texts.ts'
import { validTexts } from './utf8.ts'

/** Bytes that the memory of the plain kernels begins with. */
const FIRST_BYTES = 65_536

type Run = Omit<Kernels, 'memory'>
type Twins = { readonly [K in keyof Run]: (memory: KernelMemory, ...rest: Parameters<Run[K]>) => ReturnType<Run[K]> }

const twins: Twins = { ...delta, ...dictionary, ...extremes, ...rows, ...texts, hybrid, snappy, stored, validTexts }

/** Returns the kernels in plain TypeScript: slower, and the definition of what the compiled ones do. */
export function plainKernels(): Kernels {
  let buffer = new ArrayBuffer(FIRST_BYTES)
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
export const compiledKernels = (): Promise<Kernels | null> => loadModule<Run>(compiled)

/** Returns the compiled kernels, or the plain ones where the engine cannot run those. */
export async function loadKernels(): Promise<Kernels> {
  return (await compiledKernels()) ?? plainKernels()
}
