import type { KernelMemory } from '@tickets/core/kernels'

/** Copies the values of some rows end to end; see `Kernels`. */
export function takeFixed(memory: KernelMemory, values: number, width: number, rowsAt: number, count: number, target: number): void {
  memory.ints(rowsAt, count).forEach((row, i) => {
    memory.bytes.copyWithin(target + i * width, values + row * width, values + (row + 1) * width)
  })
}

/** Copies the texts of some rows end to end; see `Kernels`. */
export function takeTexts(
  memory: KernelMemory,
  offsetsAt: number,
  bytesAt: number,
  rowsAt: number,
  count: number,
  offsetsTarget: number,
  target: number,
): number {
  const { bytes, view } = memory
  let out = 0
  view.setUint32(offsetsTarget, 0, true)
  memory.ints(rowsAt, count).forEach((row, i) => {
    const [from, to] = [view.getUint32(offsetsAt + 4 * row, true), view.getUint32(offsetsAt + 4 * row + 4, true)]
    bytes.copyWithin(target + out, bytesAt + from, bytesAt + to)
    out += to - from
    view.setUint32(offsetsTarget + 4 * i + 4, out, true)
  })
  return out
}
