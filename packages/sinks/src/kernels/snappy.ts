import type { KernelMemory } from '@tickets/core/kernels'
import { putVarint } from './varint.ts'

const BLOCK = 65_536
const MIN_SEARCH = 32
const MARGIN = 16
const MAX_HASH_BITS = 14

/** Writes bytes that repeat nothing. */
function putLiteral({ bytes }: KernelMemory, target: number, source: number, length: number): number {
  const tag = length - 1
  let at = target
  if (tag < 60) bytes[at++] = tag << 2
  else {
    const width = tag < 1 << 8 ? 1 : tag < 1 << 16 ? 2 : tag < 1 << 24 ? 3 : 4
    bytes[at++] = (59 + width) << 2
    for (let i = 0; i < width; i++) bytes[at++] = tag >>> (8 * i)
  }
  bytes.copyWithin(at, source, source + length)
  return at + length
}

/** Writes "copy `length` bytes (at most 64) from `distance` bytes before". */
function putCopy({ bytes, view }: KernelMemory, target: number, distance: number, length: number): number {
  if (length < 12 && distance < 2048) {
    bytes[target] = 1 | ((length - 4) << 2) | ((distance >> 8) << 5)
    bytes[target + 1] = distance
    return target + 2
  }
  bytes[target] = 2 | ((length - 1) << 2)
  view.setUint16(target + 1, distance, true)
  return target + 3
}

/** Writes a copy of any length, in parts of 64 bytes; the last part has 4 at least. */
function putCopies(memory: KernelMemory, target: number, distance: number, length: number): number {
  let at = target
  let rest = length
  for (; rest >= 68; rest -= 64) at = putCopy(memory, at, distance, 64)
  if (rest > 64) {
    at = putCopy(memory, at, distance, 60)
    rest -= 60
  }
  return putCopy(memory, at, distance, rest)
}

function compressBlock(memory: KernelMemory, start: number, length: number, tableAt: number, target: number): number {
  const { bytes, view } = memory
  const end = start + length
  let out = target
  let literal = start
  if (length >= MIN_SEARCH) {
    let bits = MAX_HASH_BITS
    while (bits > 8 && 1 << (bits - 1) >= length) bits--
    const table = new Uint16Array(bytes.buffer, tableAt, 1 << bits).fill(0)
    const slotOf = (at: number) =>
      ((Math.imul(view.getUint32(at, true), 0x1e35a7bd) + Math.imul(bytes[at + 4] as number, 0x9e3779b1)) >>> 0) >>> (32 - bits)
    const limit = end - MARGIN
    let at = start + 1
    let misses = 32
    while (at <= limit) {
      const slot = slotOf(at)
      const before = start + (table[slot] as number)
      table[slot] = at - start
      if (view.getUint32(before, true) !== view.getUint32(at, true)) {
        at += misses++ >> 5
        continue
      }
      misses = 32
      if (at > literal) out = putLiteral(memory, out, literal, at - literal)
      let matched = 4
      while (at + matched < end && bytes[before + matched] === bytes[at + matched]) matched++
      out = putCopies(memory, out, at - before, matched)
      at += matched
      literal = at
      if (at <= limit) table[slotOf(at - 1)] = at - 1 - start
    }
  }
  return literal < end ? putLiteral(memory, out, literal, end - literal) : out
}

/** Compresses as the kernel does, byte for byte; see `Kernels`. */
export function snappy(memory: KernelMemory, source: number, length: number, table: number, target: number): number {
  let out = putVarint(memory.bytes, target, length)
  for (let at = 0; at < length; at += BLOCK) out = compressBlock(memory, source + at, Math.min(BLOCK, length - at), table, out)
  return out - target
}

/** Writes a snappy stream that repeats nothing; see `Kernels`. */
export function stored(memory: KernelMemory, source: number, length: number, target: number): number {
  const out = putVarint(memory.bytes, target, length)
  return (length > 0 ? putLiteral(memory, out, source, length) : out) - target
}

/** Returns the most bytes that `length` bytes take as snappy. */
export const snappyBound = (length: number): number => 32 + length + Math.ceil(length / 6)
