import type { KernelMemory } from './memory.ts'

/** A dictionary in the memory of kernels: eight 32-bit numbers at its address. Entry `i` is the bytes from end `i` to end `i + 1`. */
export interface KernelDictionary {
  /** Address of the slots, which hold codes or -1. */
  readonly slots: number
  /** How many slots there are, less one. */
  readonly mask: number
  readonly size: number
  readonly maxEntries: number
  /** Addresses of the hashes, of the ends and of the bytes. */
  readonly hashes: number
  readonly ends: number
  readonly bytes: number
  readonly maxBytes: number
}

const HEAD = 32
const ALIGN = 16
/** What is saved has room for this much more. */
const SPARE = 1.25
/** Where the addresses stand in the head: of slots, hashes, ends and bytes. */
const ADDRESSES = [0, 16, 20, 24]

/** Returns the dictionary at an address. */
export function readDictionary(memory: KernelMemory, at: number): KernelDictionary {
  const [slots = 0, mask = 0, size = 0, maxEntries = 0, hashes = 0, ends = 0, bytes = 0, maxBytes = 0] = memory.ints(at, HEAD / 4)
  return { slots: slots >>> 0, mask, size, maxEntries, hashes: hashes >>> 0, ends: ends >>> 0, bytes: bytes >>> 0, maxBytes }
}

const aligned = (length: number) => Math.ceil(length / ALIGN) * ALIGN

/** Makes an empty dictionary with room for so many entries and their bytes, in one region with the bytes at its end, and returns its address. */
export function makeDictionary(memory: KernelMemory, maxEntries: number, maxBytes: number): number {
  // Half of the slots at least stay free, so that a search is short.
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, maxEntries * 2)))
  const lengths = [4 * slots, 4 * maxEntries, 4 * (maxEntries + 1)].map(aligned)
  const at = memory.take(HEAD + lengths.reduce((sum, length) => sum + length, 0) + maxBytes)
  let next = at + HEAD
  const [slotsAt = 0, hashes = 0, ends = 0] = lengths.map((length) => {
    next += length
    return next - length
  })
  memory.ints(slotsAt, slots).fill(-1)
  memory.view.setInt32(ends, 0, true)
  memory.ints(at, HEAD / 4).set([slotsAt, slots - 1, 0, maxEntries, hashes, ends, next, maxBytes])
  return at
}

/**
 * Copies a dictionary out of the memory, so that its region can be released: over what was saved before where that is long enough, since a thread that
 * throws megabytes away at each page is kept busy by its collector.
 */
export function saveDictionary(memory: KernelMemory, at: number, before: Uint8Array | null = null): Uint8Array {
  const { size, ends, bytes } = readDictionary(memory, at)
  const end = bytes + memory.view.getInt32(ends + 4 * size, true)
  const saved = before && before.length >= end - at ? before : new Uint8Array(Math.ceil((end - at) * SPARE))
  saved.set(memory.bytes.subarray(at, end))
  return saved
}

/** Copies a saved dictionary into a new region, and returns its address. */
export function loadDictionary(memory: KernelMemory, saved: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = saved
  const head = new DataView(buffer, byteOffset, byteLength)
  const before = head.getUint32(0, true) - HEAD
  const [size, ends, bytes, maxBytes] = [head.getUint32(8, true), head.getUint32(20, true), head.getUint32(24, true), head.getUint32(28, true)]
  const at = memory.take(bytes - before + maxBytes)
  memory.bytes.set(saved.subarray(0, bytes - before + head.getInt32(ends - before + 4 * size, true)), at)
  for (const place of ADDRESSES) memory.view.setUint32(at + place, head.getUint32(place, true) - before + at, true)
  return at
}

/** Returns the entries of a saved dictionary from this code on: their bytes, and where each begins and ends there. */
export function savedEntries(saved: Uint8Array, code: number): { readonly ends: Int32Array<ArrayBuffer>; readonly bytes: Uint8Array<ArrayBuffer> } {
  const [slots = 0, , size = 0, , , endsAt = 0, bytesAt = 0] = new Uint32Array(saved.slice(0, HEAD).buffer)
  const before = slots - HEAD
  const from = endsAt - before + 4 * code
  const ends = new Int32Array(saved.slice(from, from + 4 * (size - code + 1)).buffer)
  const bytes = saved.slice(bytesAt - before + (ends[0] as number), bytesAt - before + (ends[size - code] as number))
  const first = ends[0] as number
  return { ends: ends.map((end) => end - first), bytes: bytes as Uint8Array<ArrayBuffer> }
}

/** Returns the ends of the first `count` entries, one more than there are entries, the first of which is 0. */
export function entriesOf(memory: KernelMemory, at: number, count: number): Int32Array<ArrayBuffer> {
  return memory.ints(readDictionary(memory, at).ends, count + 1)
}
