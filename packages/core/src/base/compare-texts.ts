/** UTF-16 units order two texts differently from code points only where a text has one of these: a surrogate, or a unit above all surrogates. */
const high = /[\ud800-\uffff]/

/** Moves surrogates behind all other units, where code points beyond U+FFFF belong. */
const rank = (unit: number) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)

/**
 * Compares two texts by code points, as their UTF-8 bytes compare: the order of DuckDB, of Parquet's statistics and of `sortBy`. `<` compares UTF-16
 * units, which puts `"😀"` before `"\ufffd"`.
 *
 * @returns a number below 0, 0, or a number above 0
 * @example
 * compareTexts('\ufffd', '😀') < 0 // true
 */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  const end = Math.min(a.length, b.length)
  for (let i = 0; i < end; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/**
 * Sorts texts in place in the order of `compareTexts`, and returns them.
 *
 * @example
 * sortTexts(['😀', '\ufffd']) // ['\ufffd', '😀']
 */
export function sortTexts(texts: string[]): string[] {
  // Without such texts both orders agree, and the engine's own sort is three times as fast.
  return texts.some((text) => high.test(text)) ? texts.sort(compareTexts) : texts.sort()
}
