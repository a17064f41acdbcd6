import { cutDictionary, makeDictionary, readDictionary } from '../kernels/dictionary-block.ts'
import type { Kernels } from '../kernels/kernels.ts'
import type { Values } from './values.ts'

const utf8 = new TextEncoder()

/** Gives the values of a column chunk their codes, and writes the page of its entries. */
export interface ChunkDictionary {
  readonly size: number
  /** Bytes of the entries as their page will have them. */
  readonly bytes: number
  /** Writes the codes of a page's values to `target`, 32 bits each; returns false, and forgets what it added, where the entries would become too many. */
  code(values: Values, target: number): boolean
  /** Writes the page of entries to a new region of the memory. */
  page(): { readonly at: number; readonly length: number }
}

/** A dictionary of more entries, or of more bytes, is read no faster than the values. */
const MOST_ENTRIES = 65_536
const MOST_BYTES = 2 ** 20

/** Returns a dictionary for up to `values` values of a column; `width` is 0 for texts. It keeps its regions of the memory. */
export function valueDictionary(kernels: Kernels, values: number, width: number): ChunkDictionary {
  const { memory } = kernels
  const most = Math.min(MOST_ENTRIES, values)
  const at = makeDictionary(memory, most, width > 0 ? Math.min(MOST_BYTES, most * width) : MOST_BYTES)
  return {
    get size() {
      return readDictionary(memory, at).size
    },
    get bytes() {
      const { size, ends } = readDictionary(memory, at)
      return memory.view.getInt32(ends + 4 * size, true) + (width > 0 ? 0 : 4 * size)
    },
    code(page, target) {
      const { size } = readDictionary(memory, at)
      const done =
        page.kind === 'texts'
          ? kernels.dictionaryTexts(at, page.offsets, page.bytes, page.count, target)
          : page.kind === 'fixed'
            ? kernels.dictionaryFixed(at, page.at, page.width, page.count, target)
            : 0
      if (done === page.count) return true
      cutDictionary(memory, at, size)
      return false
    },
    page() {
      const { size, ends, bytes } = readDictionary(memory, at)
      const length = memory.view.getInt32(ends + 4 * size, true)
      if (width > 0) return { at: bytes, length }
      const target = memory.take(length + 4 * size)
      return { at: target, length: kernels.plainTexts(ends, bytes, size, target) }
    },
  }
}

/** Returns a dictionary of the members of an enum that a column chunk has, in the order in which they are first seen. */
export function memberDictionary(kernels: Kernels, members: readonly string[]): ChunkDictionary {
  const { memory } = kernels
  const codes = new Int32Array(members.length).fill(-1)
  const found: string[] = []
  return {
    get size() {
      return found.length
    },
    get bytes() {
      return 0
    },
    code(page, target) {
      if (page.kind !== 'codes') return false
      const out = memory.ints(target, page.count)
      for (let i = 0; i < page.count; i++) {
        const member = page.codes[i] as number
        let code = codes[member] as number
        if (code < 0) {
          code = found.push(members[member] as string) - 1
          codes[member] = code
        }
        out[i] = code
      }
      return true
    },
    page: () => plainPage(kernels, found),
  }
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
