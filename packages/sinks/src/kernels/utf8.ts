import type { KernelMemory } from '@tickets/core/kernels'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function isValid(text: Uint8Array): boolean {
  try {
    decoder.decode(text)
    return true
  } catch {
    return false
  }
}

/** Checks that each of the texts is valid UTF-8; see `Kernels`. */
export function validTexts(memory: KernelMemory, offsetsAt: number, bytesAt: number, count: number): number {
  const offsets = memory.ints(offsetsAt, count + 1)
  for (let i = 0; i < count; i++) {
    if (!isValid(memory.bytes.subarray(bytesAt + (offsets[i] as number), bytesAt + (offsets[i + 1] as number)))) return 0
  }
  return 1
}
