import type { KernelMemory } from '@tickets/core/kernels'
import { putVarint, zigzag } from './varint.ts'

const BLOCK = 128
const PART = 32

/** Packs numbers of `width` bits, the lowest bit first. */
function putPart(bytes: Uint8Array, at: number, values: readonly bigint[], width: number): number {
  let word = 0n
  values.forEach((value, i) => {
    word |= value << BigInt(i * width)
  })
  const length = (PART * width) / 8
  for (let i = 0; i < length; i++) {
    bytes[at + i] = Number(word & 255n)
    word >>= 8n
  }
  return at + length
}

/** Encodes integers of `bits` bits, whose differences wrap there. */
function putDeltas(bytes: Uint8Array, target: number, values: readonly bigint[], bits: number): number {
  let out = target
  for (const number of [BLOCK, BLOCK / PART, values.length, zigzag(values[0] ?? 0n)]) out = putVarint(bytes, out, number)
  for (let at = 1; at < values.length; at += BLOCK) {
    const block = values.slice(at, at + BLOCK).map((value, i) => BigInt.asIntN(bits, value - (values[at + i - 1] as bigint)))
    let least = block[0] as bigint
    for (const delta of block) if (delta < least) least = delta
    out = putVarint(bytes, out, zigzag(least))
    const packed = Array.from({ length: BLOCK }, (_, i) => (i < block.length ? (block[i] as bigint) - least : 0n))
    const widths = out
    out += BLOCK / PART
    for (let part = 0; part < BLOCK / PART; part++) {
      const some = packed.slice(part * PART, (part + 1) * PART)
      const all = some.reduce((a, b) => a | b)
      const width = all === 0n ? 0 : all.toString(2).length
      bytes[widths + part] = width
      out = putPart(bytes, out, some, width)
    }
  }
  return out - target
}

/** Encodes 64-bit integers as DELTA_BINARY_PACKED; see `Kernels`. */
export function delta64({ bytes }: KernelMemory, values: number, count: number, _scratch: number, target: number): number {
  return putDeltas(bytes, target, [...new BigInt64Array(bytes.buffer, values, count)], 64)
}

/** Encodes 32-bit integers as DELTA_BINARY_PACKED; see `Kernels`. */
export function delta32(memory: KernelMemory, values: number, count: number, _scratch: number, target: number): number {
  return putDeltas(memory.bytes, target, Array.from(memory.ints(values, count), BigInt), 32)
}
