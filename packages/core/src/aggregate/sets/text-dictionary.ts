import type { Json } from '../../base/json.ts'
import type { TextCodes } from '../../batch/text-codes.ts'
import type { CodeSet } from './code-set.ts'
import { compactText, numbersIn } from './compact-numbers.ts'

/** On disk: for each text how much of its beginning the text before it has, and how long the rest is; then the rests in one text. */
type Written = readonly [lengths: string, rests: string]

/** The texts that the sets of one snapshot are made of, each once. They have numbers in the order in which they came. */
export class TextDictionary {
  #texts: string[] | null = []
  #written: Written | null = null
  /** The number of each code; -1 for none yet. */
  readonly #numbers = new Map<TextCodes, Int32Array>()

  /** Returns the dictionary that `toJson` wrote. Its texts are made when the first of them is asked for. */
  static read(json: Json): TextDictionary {
    const dictionary = new TextDictionary()
    dictionary.#texts = null
    dictionary.#written = json as Written
    return dictionary
  }

  /** Returns the numbers of some texts in ascending order, and takes in those that are new. */
  numbersOf(texts: TextCodes, codes: CodeSet): Int32Array {
    const all = this.#all()
    const known = this.#numbersBy(texts)
    const numbers = new Int32Array(codes.size)
    let count = 0
    codes.each((code) => {
      let number = known[code] as number
      if (number < 0) {
        number = all.push(texts.textOf(code)) - 1
        known[code] = number
        this.#written = null
      }
      numbers[count++] = number
    })
    return ascending(numbers, all.length)
  }

  textOf(number: number): string {
    return this.#all()[number] as string
  }

  toJson(): Json {
    this.#written ??= written(this.#all())
    return this.#written
  }

  #all(): string[] {
    this.#texts ??= textsIn(this.#written as Written)
    return this.#texts
  }

  #numbersBy(texts: TextCodes): Int32Array {
    let numbers = this.#numbers.get(texts)
    if (numbers && numbers.length >= texts.size) return numbers
    const before = numbers ?? new Int32Array(0)
    numbers = new Int32Array(texts.size).fill(-1)
    numbers.set(before)
    this.#numbers.set(texts, numbers)
    return numbers
  }
}

/** Sorts different numbers below a limit. Bits do so in one pass, unless the numbers are few and far apart. */
function ascending(numbers: Int32Array, limit: number): Int32Array {
  if (numbers.length * 64 < limit) return numbers.sort()
  const bits = new Int32Array((limit >>> 5) + 1)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number
    bits[number >>> 5] = (bits[number >>> 5] as number) | (1 << (number & 31))
  }
  let count = 0
  for (let at = 0; at < bits.length; at++)
    for (let word = bits[at] as number; word !== 0; word &= word - 1) numbers[count++] = (at << 5) + 31 - Math.clz32(word & -word)
  return numbers
}

function written(texts: readonly string[]): Written {
  const lengths = new Int32Array(texts.length * 2)
  const rests: string[] = []
  let before = ''
  for (const [i, text] of texts.entries()) {
    let shared = 0
    while (shared < before.length && shared < text.length && before.charCodeAt(shared) === text.charCodeAt(shared)) shared++
    lengths[i * 2] = shared
    lengths[i * 2 + 1] = text.length - shared
    rests.push(text.slice(shared))
    before = text
  }
  return [compactText(lengths), rests.join('')]
}

function textsIn([lengths, rests]: Written): string[] {
  const numbers = numbersIn(lengths)
  const texts: string[] = []
  let before = ''
  let at = 0
  for (let i = 0; i < numbers.length; i += 2) {
    const length = numbers[i + 1] as number
    before = before.slice(0, numbers[i]) + rests.slice(at, at + length)
    texts.push(before)
    at += length
  }
  return texts
}
