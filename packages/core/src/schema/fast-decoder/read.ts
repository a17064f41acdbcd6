/**
 * Reads the JSON value that begins at `at` into row `row` of a column, and returns where it ends. Returns `UNSURE` when it cannot prove that zod
 * accepts the value as it is. `view` covers the same bytes as `bytes`. The message ends before `end`.
 */
export type Read = (bytes: Uint8Array, view: DataView, at: number, end: number, row: number) => number

/** The fast decoder leaves the message to JSON.parse and zod. */
export const UNSURE = -1

/**
 * The longest valid message in bytes: 256 MiB. The engine's strings end at 2^29 characters, and zod, JSON and the encoders need them: the fast decoder
 * would accept a longer message that everything after it refuses.
 */
export const LONGEST_MESSAGE = 2 ** 28

export const QUOTE = 0x22
export const BACKSLASH = 0x5c

/** Returns where the JSON white space at `at` ends. */
export function space(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  for (; i < end; i++) {
    const byte = bytes[i]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  return i
}

/** Compares a text with bytes, four at once, the last ones overlapping. */
export class Literal {
  readonly bytes: Uint8Array
  readonly length: number
  /** Its first four bytes; 0 when it is shorter. */
  readonly start: number
  readonly #words: Int32Array
  readonly #last: number
  readonly #tail: number

  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text)
    this.length = this.bytes.length
    const view = new DataView(this.bytes.buffer)
    this.#words = Int32Array.from({ length: this.length >> 2 }, (_, i) => view.getInt32(i * 4, true))
    this.#tail = this.length - 4
    this.start = this.#words[0] ?? 0
    this.#last = this.#tail >= 0 ? view.getInt32(this.#tail, true) : 0
  }

  /** Returns whether the text stands at `at`. */
  at(bytes: Uint8Array, view: DataView, at: number, end: number): boolean {
    if (at + this.length > end) return false
    if (this.#tail < 0) {
      for (let i = 0; i < this.length; i++) if (bytes[at + i] !== this.bytes[i]) return false
      return true
    }
    const words = this.#words
    for (let i = 0; i < words.length; i++) if (view.getInt32(at + i * 4, true) !== words[i]) return false
    return view.getInt32(at + this.#tail, true) === this.#last
  }
}

/** Returns whether a text can stand in JSON without an escape, and in UTF-8 at all. */
export function isPlain(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what JSON has to escape
  return text.isWellFormed() && !/["\\\u0000-\u001f]/.test(text)
}

export const yes = new Literal('true')
export const no = new Literal('false')
export const nothing = new Literal('null')
