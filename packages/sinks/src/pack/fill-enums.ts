import type { EnumSlot } from './slots.ts'

const utf8 = new TextEncoder()

interface Member {
  readonly length: number
  /** Its bytes, four at a time, with zeros behind. */
  readonly words: Uint32Array
}

function memberOf(text: string): Member {
  const bytes = utf8.encode(text)
  const words = new Uint32Array((bytes.length + 3) >> 2)
  new Uint8Array(words.buffer).set(bytes)
  return { length: bytes.length, words }
}

function codesOf(ipc: ArrayBuffer, { offsets, rows, width }: EnumSlot): Int8Array | Int16Array | Int32Array {
  const at = offsets + 4 * (rows + 1) - width * rows
  if (width === 1) return new Int8Array(ipc, at, rows)
  return width === 2 ? new Int16Array(ipc, at, rows) : new Int32Array(ipc, at, rows)
}

/**
 * Turns the codes of an enum column into offsets and bytes of text, in place.
 *
 * The codes stand at the end of the space of the offsets, so that offset i + 1 never reaches a code that is still to be read. A member is written
 * four bytes at a time; what is too much is overwritten by the next one, and there is room behind the last.
 */
export function fillEnum(ipc: ArrayBuffer, slot: EnumSlot): void {
  const { rows, bits } = slot
  const members = slot.members.map(memberOf)
  const codes = codesOf(ipc, slot)
  const offsets = new Int32Array(ipc, slot.offsets, rows + 1)
  const valid = bits < 0 ? null : new Uint8Array(ipc, bits, (rows + 7) >> 3)
  const view = new DataView(ipc)
  let at = slot.bytes
  offsets[0] = 0
  for (let i = 0; i < rows; i++) {
    const member = members[codes[i] as number]
    if (member && (valid === null || (valid[i >> 3] as number) & (1 << (i & 7)))) {
      const { words } = member
      for (let k = 0; k < words.length; k++) view.setUint32(at + 4 * k, words[k] as number, true)
      at += member.length
    }
    offsets[i + 1] = at - slot.bytes
  }
}
