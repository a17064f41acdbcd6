import { decimalText } from '../values/decimal-text.ts'
import type { Field } from './field.ts'
import { type Cut, enlarge, keep, type Store } from './stores.ts'

/** 32-bit words of a decimal of 128 bits, the lowest first. */
const WORDS = 4
const TWO_32 = 2 ** 32
const LIMIT = Number.MAX_SAFE_INTEGER

/** Exact numbers as whole numbers of their last place, of 128 bits. */
export class DecimalStore implements Store {
  words = new Int32Array(64 * WORDS)
  readonly precision: number
  readonly scale: number

  constructor({ precision = 38, scale = 0 }: Field) {
    this.precision = precision
    this.scale = scale
  }

  reserve(rows: number): void {
    if (rows * WORDS > this.words.length) this.words = enlarge(this.words, Math.max(rows * WORDS, this.words.length * 2))
  }

  /** Writes a whole number of the last place, which a double holds exactly. */
  put(row: number, unscaled: number): void {
    const high = Math.floor(unscaled / TWO_32)
    const at = row * WORDS
    this.words[at] = (unscaled - high * TWO_32) | 0
    this.words[at + 1] = high
    this.words[at + 2] = this.words[at + 3] = high < 0 ? -1 : 0
  }

  set(row: number, value: unknown): boolean {
    const text = typeof value === 'string' ? decimalText(value, this.precision, this.scale) : null
    if (text === null) return false
    const digits = text.replace('.', '')
    const number = Number(digits)
    if (Math.abs(number) <= LIMIT) {
      // Decimals have no minus zero.
      this.put(row, number + 0)
      return true
    }
    const whole = BigInt(digits)
    for (let k = 0; k < WORDS; k++) this.words[row * WORDS + k] = Number(BigInt.asIntN(32, whole >> BigInt(32 * k)))
    return true
  }

  clear(row: number): void {
    this.put(row, 0)
  }

  cut(rows: number): Cut {
    const values = this.words.slice(0, rows * WORDS)
    if (!keep(this.words)) this.words = new Int32Array(64 * WORDS)
    return { values }
  }
}
