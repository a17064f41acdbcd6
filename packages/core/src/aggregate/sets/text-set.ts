import type { CodeSet } from './code-set.ts'
import { ascendingIn, ascendingText } from './compact-numbers.ts'
import type { TextDictionary, UsedTexts } from './text-dictionary.ts'

/** A set of texts in compact form, which does not change: the codes that its texts have in a dictionary, which sets of one snapshot share. */
export class TextSet {
  readonly dictionary: TextDictionary
  readonly size: number
  /** Its codes as `ascendingText`. */
  readonly gaps: string

  constructor(dictionary: TextDictionary, size: number, gaps: string) {
    this.dictionary = dictionary
    this.size = size
    this.gaps = gaps
  }

  /** Returns the set of the texts that have these codes, and puts them into the dictionary. */
  static of(dictionary: UsedTexts, codes: CodeSet): TextSet {
    dictionary.use(codes)
    return new TextSet(dictionary, codes.size, ascendingText(codes.sorted()))
  }

  /** Calls `visit` for each text. */
  each(visit: (text: string) => void): void {
    for (const code of ascendingIn(this.gaps)) visit(this.dictionary.textOf(code))
  }
}
