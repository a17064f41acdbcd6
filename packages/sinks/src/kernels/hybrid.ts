import type { KernelMemory } from '@tickets/core/kernels'
import { putVarint } from './varint.ts'

/** Packs values in groups of eight; what the last group lacks is zero. */
function putPacked(bytes: Uint8Array, at: number, codes: Int32Array, width: number): number {
  const groups = (codes.length + 7) >> 3
  const start = putVarint(bytes, at, groups * 2 + 1)
  bytes.fill(0, start, start + groups * width)
  for (let i = 0; i < codes.length; i++) {
    for (let bit = 0; bit < width; bit++) {
      const place = i * width + bit
      if (((codes[i] as number) >>> bit) & 1) bytes[start + (place >> 3)] = (bytes[start + (place >> 3)] as number) | (1 << (place & 7))
    }
  }
  return start + groups * width
}

/** Encodes codes in Parquet's RLE / bit-packing hybrid; see `Kernels`. Eight equal codes at the start of a group begin a run. */
export function hybrid(memory: KernelMemory, codesAt: number, count: number, width: number, target: number): number {
  const { bytes } = memory
  const codes = memory.ints(codesAt, count)
  let out = target
  let packed = 0
  let at = 0
  while (at < count) {
    const value = codes[at] as number
    let end = at + 1
    while (end < count && codes[end] === value) end++
    const start = packed + Math.ceil((at - packed) / 8) * 8
    if (end >= start + 8) {
      if (start > packed) out = putPacked(bytes, out, codes.subarray(packed, start), width)
      out = putVarint(bytes, out, (end - start) * 2)
      for (let byte = 0; byte < width; byte += 8) bytes[out++] = value >>> byte
      packed = end
    }
    at = end
  }
  if (count > packed) out = putPacked(bytes, out, codes.subarray(packed, count), width)
  return out - target
}
