import type { Json } from '../../base/json.ts'
import type { TextCodes } from '../../batch/text-codes.ts'
import { CodeSet } from './code-set.ts'
import { ascendingIn, ascendingText, compactText, numbersIn } from './compact-numbers.ts'

/** The texts that the sets of one snapshot are made of, each once, with the codes by which sets name them. */
export interface TextDictionary {
  textOf(code: number): string
  toJson(): Json
}

/** On disk: the codes; for each text how much of its beginning the text before it has, and how long the rest is; then the rests in one text. */
type Written = readonly [codes: string, lengths: string, rests: string]

/** The texts of one column that sets name. Their codes are those of the column, so that a set of codes is written as it is. */
export class UsedTexts implements TextDictionary {
  readonly #texts: TextCodes
  readonly #used = new CodeSet()
  #written: Written | null = null

  constructor(texts: TextCodes) {
    this.#texts = texts
  }

  /** Takes in the texts of a set. */
  use(codes: CodeSet): void {
    this.#used.merge(codes)
    this.#written = null
  }

  textOf(code: number): string {
    return this.#texts.textOf(code)
  }

  toJson(): Json {
    this.#written ??= written(this.#used.sorted(), this.#texts)
    return this.#written
  }
}

/** The dictionaries of one snapshot: one for each numbering of a column's texts. */
export class Dictionaries {
  readonly #all = new Map<TextCodes, UsedTexts>()

  of(texts: TextCodes): UsedTexts {
    let dictionary = this.#all.get(texts)
    if (!dictionary) {
      dictionary = new UsedTexts(texts)
      this.#all.set(texts, dictionary)
    }
    return dictionary
  }
}

/** Returns the dictionary that `toJson` wrote. Its texts are made when the first of them is asked for. */
export function readDictionary(json: Json): TextDictionary {
  let texts: ReadonlyMap<number, string> | null = null
  return {
    textOf(code) {
      texts ??= textsIn(json as Written)
      return texts.get(code) as string
    },
    toJson: () => json,
  }
}

function written(codes: Int32Array, texts: TextCodes): Written {
  const lengths = new Int32Array(codes.length * 2)
  const rests: string[] = []
  let before = ''
  for (let i = 0; i < codes.length; i++) {
    const text = texts.textOf(codes[i] as number)
    let shared = 0
    while (shared < before.length && shared < text.length && before.charCodeAt(shared) === text.charCodeAt(shared)) shared++
    lengths[i * 2] = shared
    lengths[i * 2 + 1] = text.length - shared
    rests.push(text.slice(shared))
    before = text
  }
  return [ascendingText(codes), compactText(lengths), rests.join('')]
}

function textsIn([codes, lengths, rests]: Written): ReadonlyMap<number, string> {
  const numbers = numbersIn(lengths)
  const texts = new Map<number, string>()
  let before = ''
  let at = 0
  for (const [i, code] of ascendingIn(codes).entries()) {
    const length = numbers[i * 2 + 1] as number
    before = before.slice(0, numbers[i * 2]) + rests.slice(at, at + length)
    texts.set(code, before)
    at += length
  }
  return texts
}
