import { type ColumnData, validAt } from './column.ts'

/**
 * Numbers texts by their first appearance: an open hash table over the UTF-8 bytes where they lie, so that a row costs no string.
 *
 * Gives a code for each row, -1 for null; `firsts` says in which row each text came first.
 */
export function numberTexts(data: ColumnData, length: number, onNew: (distinct: number) => void): { codes: Int32Array; firsts: number[] } {
  const offsets = data.valueOffsets as Int32Array
  const bytes = data.values as Uint8Array
  const valid = validAt(data)
  const codes = new Int32Array(length)
  const firsts: number[] = []
  const hashes: number[] = []
  let slots = new Int32Array(256).fill(-1)

  const same = (row: number, other: number): boolean => {
    const [from, at] = [offsets[row] as number, offsets[other] as number]
    const size = (offsets[row + 1] as number) - from
    if ((offsets[other + 1] as number) - at !== size) return false
    for (let k = 0; k < size; k++) if (bytes[from + k] !== bytes[at + k]) return false
    return true
  }
  const grow = () => {
    slots = new Int32Array(slots.length * 2).fill(-1)
    hashes.forEach((hash, code) => {
      let slot = hash & (slots.length - 1)
      while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = code
    })
  }

  for (let row = 0; row < length; row++) {
    if (!valid(row)) {
      codes[row] = -1
      continue
    }
    let hash = 0x811c9dc5
    for (let at = offsets[row] as number, end = offsets[row + 1] as number; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
    let slot = hash & (slots.length - 1)
    for (;;) {
      const code = slots[slot] as number
      if (code === -1) {
        slots[slot] = firsts.length
        codes[row] = firsts.length
        firsts.push(row)
        hashes.push(hash)
        onNew(firsts.length)
        if (firsts.length * 2 > slots.length) grow()
        break
      }
      if (hashes[code] === hash && same(row, firsts[code] as number)) {
        codes[row] = code
        break
      }
      slot = (slot + 1) & (slots.length - 1)
    }
  }
  return { codes, firsts }
}
