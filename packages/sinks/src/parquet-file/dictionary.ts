import { type DictionaryLimits, GrowingDictionary, readDictionary } from '@tickets/core/kernels'
import type { Kernels } from '../kernels/kernels.ts'
import type { Values } from './values.ts'

const utf8 = new TextEncoder()

/** Gives the values of a column chunk their codes, and writes the page of its entries. Between two pages it takes nothing of the kernels' memory. */
export interface ChunkDictionary {
  readonly size: number
  /** Bytes of the entries as their page will have them. */
  readonly bytes: number
  /** Writes the codes of a page's values to `target`, 32 bits each; returns false, and adds nothing, where the entries would become too many. */
  code(values: Values, target: number): boolean
  /** Writes the page of entries to a new region of the memory. */
  page(): { readonly at: number; readonly length: number }
}

/** A dictionary of more entries, or of more bytes, is read no faster than the values. */
const LIMITS: DictionaryLimits = { entries: 65_536, bytes: 2 ** 20 }

/** Returns a dictionary for the values of a column; `width` is 0 for texts. */
export function valueDictionary(kernels: Kernels, width: number, limits = LIMITS): ChunkDictionary {
  const { memory, plainTexts } = kernels
  const entries = new GrowingDictionary(kernels, limits)
  return {
    get size() {
      return entries.size
    },
    get bytes() {
      return entries.length + (width > 0 ? 0 : 4 * entries.size)
    },
    code(values, target) {
      if (values.kind !== 'texts' && values.kind !== 'fixed') throw new Error(`values of the kind ${values.kind} have no dictionary`)
      return entries.code(values, target)
    },
    page() {
      const { size, ends, bytes } = readDictionary(memory, entries.load())
      if (width > 0) return { at: bytes, length: entries.length }
      const target = memory.take(this.bytes)
      return { at: target, length: plainTexts(ends, bytes, size, target) }
    },
  }
}

/** Returns a dictionary of the members of an enum that a column chunk has, in the order in which they are first seen. */
export function memberDictionary(kernels: Kernels): ChunkDictionary {
  const { memory } = kernels
  const found = new Map<string, number>()
  return {
    get size() {
      return found.size
    },
    get bytes() {
      return 0
    },
    code(page, target) {
      if (page.kind !== 'codes') return false
      const codes = new Int32Array(page.members.length)
      for (const member of seenMembers(page.codes, page.members.length)) codes[member] = codeIn(found, page.members[member] as string)
      const out = memory.ints(target, page.count)
      for (let i = 0; i < page.count; i++) out[i] = codes[page.codes[i] as number] as number
      return true
    },
    page: () => plainPage(kernels, [...found.keys()]),
  }
}

/** Returns the members that there are among codes, in the order in which they are first seen; it looks no further than the last of them. */
export function seenMembers(codes: ArrayLike<number>, members: number): number[] {
  const isSeen = new Uint8Array(members)
  const seen: number[] = []
  for (let i = 0; i < codes.length && seen.length < members; i++) {
    const member = codes[i] as number
    if (isSeen[member] === 1) continue
    isSeen[member] = 1
    seen.push(member)
  }
  return seen
}

/** Returns the code of a text, which is added if it is new. */
function codeIn(found: Map<string, number>, text: string): number {
  const code = found.get(text) ?? found.size
  found.set(text, code)
  return code
}

/** Writes texts as PLAIN, each with its length before it. */
function plainPage({ memory }: Kernels, texts: readonly string[]): { readonly at: number; readonly length: number } {
  const parts = texts.map((text) => utf8.encode(text))
  const length = parts.reduce((sum, part) => sum + 4 + part.length, 0)
  const at = memory.take(length)
  let end = at
  for (const part of parts) {
    memory.view.setUint32(end, part.length, true)
    memory.bytes.set(part, end + 4)
    end += 4 + part.length
  }
  return { at, length }
}
