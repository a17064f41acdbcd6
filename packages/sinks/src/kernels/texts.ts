import type { KernelMemory } from '@tickets/core/kernels'

/** Writes texts as PLAIN; see `Kernels`. */
export function plainTexts(memory: KernelMemory, offsetsAt: number, bytesAt: number, count: number, target: number): number {
  const { bytes, view } = memory
  const offsets = memory.ints(offsetsAt, count + 1)
  let out = target
  for (let i = 0; i < count; i++) {
    const [from, to] = [offsets[i] as number, offsets[i + 1] as number]
    view.setUint32(out, to - from, true)
    bytes.copyWithin(out + 4, bytesAt + from, bytesAt + to)
    out += 4 + to - from
  }
  return out - target
}

/** Writes the length of each text; see `Kernels`. */
export function textLengths(memory: KernelMemory, offsetsAt: number, count: number, target: number): void {
  const offsets = memory.ints(offsetsAt, count + 1)
  const lengths = memory.ints(target, count)
  for (let i = 0; i < count; i++) lengths[i] = (offsets[i + 1] as number) - (offsets[i] as number)
}
