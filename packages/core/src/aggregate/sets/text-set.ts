import type { TextCodes } from '../../batch/text-codes.ts'
import type { CodeSet } from './code-set.ts'
import { compactText, numbersIn } from './compact-numbers.ts'
import type { TextDictionary } from './text-dictionary.ts'

/** A set of texts in compact form, which does not change: the numbers that its texts have in a dictionary, which sets of one snapshot share. */
export class TextSet {
  readonly dictionary: TextDictionary
  readonly size: number
  /** The first number, then for each further one how many lie between it and the one before, as `compactText`. */
  readonly gaps: string

  constructor(dictionary: TextDictionary, size: number, gaps: string) {
    this.dictionary = dictionary
    this.size = size
    this.gaps = gaps
  }

  /** Returns the set of the texts that have these codes. */
  static of(dictionary: TextDictionary, texts: TextCodes, codes: CodeSet): TextSet {
    const numbers = dictionary.numbersOf(texts, codes)
    for (let i = numbers.length - 1; i > 0; i--) numbers[i] = (numbers[i] as number) - (numbers[i - 1] as number) - 1
    return new TextSet(dictionary, numbers.length, compactText(numbers))
  }

  /** Calls `visit` for each text. */
  each(visit: (text: string) => void): void {
    let number = -1
    for (const gap of numbersIn(this.gaps)) {
      number += gap + 1
      visit(this.dictionary.textOf(number))
    }
  }
}
