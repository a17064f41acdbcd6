import { type Data, makeData, Utf8 } from 'apache-arrow'
import { HASH_DIGITS, type KeyedHash } from '../../base/keyed-hash.ts'
import { codesOf } from '../../batch/text-codes.ts'
import type { Found } from './redacted-columns.ts'
import { textsOf } from './texts-of.ts'

/** Bytes that are copied at a time. */
const WORD = 4
const HASH_WORDS = HASH_DIGITS / WORD

/**
 * Returns a function that makes the hashes of a column. Where texts repeat, each is hashed once: they have codes, and hashes are kept by code for as long
 * as the codes last.
 */
export function hasher(hash: KeyedHash): (found: Found) => Data {
  const tables = new WeakMap<object, HashTable>()
  const tableOf = (texts: object) => {
    const table = tables.get(texts) ?? new HashTable()
    tables.set(texts, table)
    return table
  }
  return ({ path, field, data, isPresent }) => {
    const { length, nullCount } = data
    const { column, codes: given, members } = textsOf(field, data)
    // Under a name of their own: the hashes have the column's name, and would take the room of its codes.
    const coded = members ? null : codesOf(`redact ${path}`, column, length)
    const table = members || coded ? tableOf(members ?? coded?.texts ?? column) : null
    const codes = given ?? coded?.codes
    const offsets = column.valueOffsets as Int32Array
    const bytes = column.values as Uint8Array
    const valueOffsets = new Int32Array(length + 1)
    const out = new Uint8Array(length * HASH_DIGITS)
    const words = new Int32Array(out.buffer)
    let end = 0
    for (let i = 0; i < length; i++) {
      if (isPresent(i)) {
        const at = given ? (given[i] as number) : i
        const write = (into: Uint8Array, place: number) => hash(bytes, offsets[at] as number, offsets[at + 1] as number, into, place)
        if (table && codes) table.copy(codes[i] as number, write, words, end / WORD)
        else write(out, end)
        end += HASH_DIGITS
      }
      valueOffsets[i + 1] = end
    }
    const nullBitmap = nullCount > 0 ? data.nullBitmap : null
    return makeData({ type: new Utf8(), length, nullCount, nullBitmap, valueOffsets, data: out.subarray(0, end) } as never)
  }
}

/** The hashes of texts by their codes. */
class HashTable {
  #hashes = new Uint8Array(64 * HASH_DIGITS)
  /** The same in words, which are copied faster. */
  #words = new Int32Array(this.#hashes.buffer)
  #known = new Uint8Array(64)

  /** Copies the hash of a code to word `at` of `out`. `write` makes it where it is not known. */
  copy(code: number, write: (into: Uint8Array, at: number) => void, out: Int32Array, at: number): void {
    if (code >= this.#known.length) this.#grow(code + 1)
    if (this.#known[code] === 0) {
      write(this.#hashes, code * HASH_DIGITS)
      this.#known[code] = 1
    }
    const from = code * HASH_WORDS
    for (let i = 0; i < HASH_WORDS; i++) out[at + i] = this.#words[from + i] as number
  }

  #grow(codes: number): void {
    const room = Math.max(codes, this.#known.length * 2)
    const [hashes, known] = [new Uint8Array(room * HASH_DIGITS), new Uint8Array(room)]
    hashes.set(this.#hashes)
    known.set(this.#known)
    this.#hashes = hashes
    this.#words = new Int32Array(hashes.buffer)
    this.#known = known
  }
}
