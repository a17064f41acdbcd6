import type { Data } from 'apache-arrow'
import { type GivenCodes, givenCodes } from '../store/given-codes.ts'
import { validityOf } from './columns.ts'

/** The largest number of different texts of a column, and of their bytes. */
export const TEXT_LIMIT = { texts: 1 << 16, bytes: 1 << 22 }
const NO_BOUND = { texts: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
/** Codes pay off only where a column has at least this many rows for each different text. */
const REPEATS = 4

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Numbers the different texts of a column by their bytes, without making a string for each row. */
export class TextCodes {
  #table = new Int32Array(1024).fill(-1)
  #hashes = new Int32Array(512)
  #ends = new Int32Array(513)
  #bytes = new Uint8Array(8192)
  #view = viewOf(this.#bytes)
  readonly #texts: (string | undefined)[] = []
  readonly #most: typeof TEXT_LIMIT
  #size = 0

  constructor(most = NO_BOUND) {
    this.#most = most
  }

  get size(): number {
    return this.#size
  }

  /** Returns the code of a text in UTF-8; -1 if there is no room for another. `view` is over the same bytes. */
  codeOf(bytes: Uint8Array, from: number, to: number, view = viewOf(bytes)): number {
    const hash = hashOf(bytes, view, from, to)
    const table = this.#table
    const mask = table.length - 1
    const length = to - from
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const code = table[at] as number
      if (code < 0) return this.#put(at, hash, bytes, from, to)
      if (this.#hashes[code] !== hash) continue
      const start = this.#ends[code] as number
      if ((this.#ends[code + 1] as number) - start === length && this.#has(start, bytes, view, from, to)) return code
    }
  }

  /** Whether the text that starts at `start` is this one, which is as long. */
  #has(start: number, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
    const own = this.#view
    const shift = start - from
    let i = from
    for (; i + 4 <= to; i += 4) if (own.getInt32(i + shift, true) !== view.getInt32(i, true)) return false
    for (; i < to; i++) if (this.#bytes[i + shift] !== bytes[i]) return false
    return true
  }

  /** Returns the text of a code. */
  textOf(code: number): string {
    let text = this.#texts[code]
    if (text === undefined) {
      text = decoder.decode(this.#bytes.subarray(this.#ends[code], this.#ends[code + 1]))
      this.#texts[code] = text
    }
    return text
  }

  /** Returns the code of a text; -1 if there is no room for another. */
  codeOfText(text: string): number {
    const bytes = encoder.encode(text)
    return this.codeOf(bytes, 0, bytes.length)
  }

  /** Returns the texts from this code on, as their bytes and where each begins and ends there. */
  from(code: number): { readonly ends: Int32Array<ArrayBuffer>; readonly bytes: Uint8Array<ArrayBuffer> } {
    const start = this.#ends[code] as number
    const bytes = this.#bytes.slice(start, this.#ends[this.#size])
    return { ends: this.#ends.slice(code, this.#size + 1).map((end) => end - start), bytes }
  }

  #put(at: number, hash: number, bytes: Uint8Array, from: number, to: number): number {
    const code = this.#size
    const start = this.#ends[code] as number
    const end = start + to - from
    if (code === this.#most.texts || end > this.#most.bytes) return -1
    if (code === this.#hashes.length) this.#grow()
    if (end > this.#bytes.length) {
      this.#bytes = widened(this.#bytes, Math.max(end, this.#bytes.length * 2))
      this.#view = viewOf(this.#bytes)
    }
    this.#bytes.set(bytes.subarray(from, to), start)
    this.#ends[code + 1] = end
    this.#hashes[code] = hash
    this.#size++
    if (this.#size * 2 > this.#table.length) this.#rehash()
    else this.#table[at] = code
    return code
  }

  #grow(): void {
    const room = this.#hashes.length * 2
    const [hashes, ends] = [new Int32Array(room), new Int32Array(room + 1)]
    hashes.set(this.#hashes)
    ends.set(this.#ends)
    this.#hashes = hashes
    this.#ends = ends
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1)
    const mask = table.length - 1
    for (let code = 0; code < this.#size; code++) {
      let at = (this.#hashes[code] as number) & mask
      while ((table[at] as number) >= 0) at = (at + 1) & mask
      table[at] = code
    }
    this.#table = table
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

/** Four bytes at a time, multiplied by the odd number nearest 2^32 over the golden ratio, and folded so that the low bits depend on the high ones. */
function hashOf(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  let hash = to - from
  let i = from
  for (; i + 4 <= to; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  let rest = 0
  for (; i < to; i++) rest = (rest << 8) | (bytes[i] as number)
  hash = Math.imul(hash ^ rest, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

function widened(bytes: Uint8Array<ArrayBuffer>, room: number): Uint8Array<ArrayBuffer> {
  const wide = new Uint8Array(room)
  wide.set(bytes)
  return wide
}

/** The codes of a batch's rows in one column; -1 where there is no text. */
export interface CodedTexts {
  readonly texts: TextCodes
  readonly codes: Int32Array
}

/** The codes of the columns of one name. `texts` is null where nearly every row has a different text. */
interface Coding {
  texts: TextCodes | null
  rows: number
}

const codings = new Map<string, Coding>()
const coded = new WeakMap<Data, CodedTexts | null>()

/**
 * Returns the texts of a column as codes, computed once a batch. Columns of one name share codes from batch to batch until those are full; then new
 * codes start. Returns null where texts hardly repeat.
 */
export function codesOf(name: string, data: Data, length: number): CodedTexts | null {
  const known = coded.get(data)
  if (known !== undefined) return known
  let coding = codings.get(name)
  if (!coding) {
    coding = { texts: new TextCodes(TEXT_LIMIT), rows: 0 }
    codings.set(name, coding)
  }
  const found = code(coding, data, length) ?? (renew(coding) ? code(coding, data, length) : null)
  if (!found) coding.texts = null
  const given = givenCodes(data)
  // Another thread numbers them only while somebody needs that.
  if (given) given.request.isWanted = found !== null
  coded.set(data, found)
  return found
}

/** Starts new codes, if the full ones paid off. */
function renew(coding: Coding): boolean {
  if (!coding.texts || coding.rows < coding.texts.size * REPEATS) return false
  coding.texts = new TextCodes(TEXT_LIMIT)
  coding.rows = 0
  return true
}

/** Returns our codes of texts that another thread has numbered. Each is looked up once. */
function translated(coding: Coding, texts: TextCodes, { texts: given, numbers }: NonNullable<GivenCodes['numbered']>): CodedTexts | null {
  const { bytes, ends } = given
  const view = viewOf(bytes)
  const known = given.codesFor(texts)
  const codes = new Int32Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number
    let code = number < 0 ? -1 : (known[number] as number)
    if (number >= 0 && code < 0) {
      code = texts.codeOf(bytes, ends[number] as number, ends[number + 1] as number, view)
      if (code < 0) return null
      known[number] = code
    }
    codes[i] = code
  }
  coding.rows += numbers.length
  return { texts, codes }
}

function code(coding: Coding, data: Data, length: number): CodedTexts | null {
  const { texts } = coding
  if (!texts) return null
  const numbered = givenCodes(data)?.numbered
  if (numbered) return translated(coding, texts, numbered)
  const offsets = data.valueOffsets as Int32Array
  const bytes = data.values as Uint8Array
  const view = viewOf(bytes)
  const codes = new Int32Array(length)
  const isValid = validityOf(data)
  for (let i = 0; i < length; i++) {
    if (!isValid(i)) codes[i] = -1
    else {
      const code = texts.codeOf(bytes, offsets[i] as number, offsets[i + 1] as number, view)
      if (code < 0) return null
      codes[i] = code
    }
  }
  coding.rows += length
  return { texts, codes }
}
