import type { KernelMemory } from '@tickets/core/internal'

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

const BYTES = 32

/** Returns the dictionary at an address. */
export function readDictionary(memory: KernelMemory, at: number): KernelDictionary {
  const [slots = 0, mask = 0, size = 0, maxEntries = 0, hashes = 0, ends = 0, bytes = 0, maxBytes = 0] = memory.ints(at, BYTES / 4)
  return { slots: slots >>> 0, mask, size, maxEntries, hashes: hashes >>> 0, ends: ends >>> 0, bytes: bytes >>> 0, maxBytes }
}

/** Makes an empty dictionary with room for so many entries and their bytes, and returns its address. */
export function makeDictionary(memory: KernelMemory, maxEntries: number, maxBytes: number): number {
  // Half of the slots at least stay free, so that a search is short.
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, maxEntries * 2)))
  const at = memory.take(BYTES)
  const places = [4 * slots, 4 * maxEntries, 4 * (maxEntries + 1), maxBytes].map((bytes) => memory.take(bytes))
  const [slotsAt = 0, hashes = 0, ends = 0, bytes = 0] = places
  memory.ints(slotsAt, slots).fill(-1)
  memory.view.setInt32(ends, 0, true)
  memory.ints(at, BYTES / 4).set([slotsAt, slots - 1, 0, maxEntries, hashes, ends, bytes, maxBytes])
  return at
}

/** Forgets the entries from number `size` on; after that the dictionary is only read. */
export function cutDictionary(memory: KernelMemory, at: number, size: number): void {
  memory.view.setInt32(at + 8, size, true)
}

/** Returns the ends of the first `count` entries, one more than there are entries, the first of which is 0. */
export function entriesOf(memory: KernelMemory, at: number, count: number): Int32Array<ArrayBuffer> {
  return memory.ints(readDictionary(memory, at).ends, count + 1)
}
