import { entriesOf, type KernelDictionary, type KernelMemory, readDictionary } from '@tickets/core/kernels'

/** Returns the place of a value's code among the slots: that of an equal entry, or a free one. */
function slotOf(memory: KernelMemory, { slots, mask, bytes }: KernelDictionary, ends: Int32Array, value: Uint8Array): number {
  let hash = value.length
  for (const byte of value) hash = Math.imul(hash ^ byte, 0x01000193)
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const code = memory.view.getInt32(slots + 4 * slot, true)
    if (code < 0) return slots + 4 * slot
    const entry = memory.bytes.subarray(bytes + (ends[code] as number), bytes + (ends[code + 1] as number))
    if (entry.length === value.length && entry.every((byte, i) => byte === value[i])) return slots + 4 * slot
  }
}

function codesOf(memory: KernelMemory, at: number, count: number, codesAt: number, read: (row: number) => Uint8Array): number {
  const dictionary = readDictionary(memory, at)
  const ends = entriesOf(memory, at, dictionary.maxEntries)
  const codes = memory.ints(codesAt, count)
  for (let row = 0; row < count; row++) {
    const value = read(row)
    const slot = slotOf(memory, dictionary, ends, value)
    let code = memory.view.getInt32(slot, true)
    if (code < 0) {
      code = readDictionary(memory, at).size
      const end = ends[code] as number
      if (code === dictionary.maxEntries || end + value.length > dictionary.maxBytes) return row
      memory.bytes.set(value, dictionary.bytes + end)
      ends[code + 1] = end + value.length
      memory.view.setInt32(slot, code, true)
      memory.view.setInt32(at + 8, code + 1, true)
    }
    codes[row] = code
  }
  return count
}

/** Writes the code of each text in a dictionary; see `Kernels`. */
export function dictionaryTexts(memory: KernelMemory, dictionary: number, offsetsAt: number, bytes: number, count: number, codes: number): number {
  const offsets = memory.ints(offsetsAt, count + 1)
  return codesOf(memory, dictionary, count, codes, (row) =>
    memory.bytes.subarray(bytes + (offsets[row] as number), bytes + (offsets[row + 1] as number)),
  )
}

/** Writes the code of each value of `width` bytes in a dictionary; see `Kernels`. */
export function dictionaryFixed(memory: KernelMemory, dictionary: number, values: number, width: number, count: number, codes: number): number {
  return codesOf(memory, dictionary, count, codes, (row) => memory.bytes.subarray(values + row * width, values + (row + 1) * width))
}
