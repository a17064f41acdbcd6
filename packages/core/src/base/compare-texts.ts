/** What two texts have to hold for UTF-16 units to order them in another way than code points do: half of a pair, or what comes after all pairs. */
const high = /[\ud800-\uffff]/

/** Moves the halves of pairs behind all other units, as code points beyond U+FFFF are. */
const rank = (unit: number) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)

/**
 * Compares two texts as their UTF-8 bytes compare, which is by code points: the order of DuckDB, of Parquet's statistics, and of `sortBy`. `<` goes
 * by UTF-16 units, which puts `"😀"` before `"\ufffd"`.
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

/** Sorts texts in place, in the order of `compareTexts`. */
export function sortTexts(texts: string[]): string[] {
  // Without such texts both orders are one, and the engine's own sort is three times as fast as one with a function.
  return texts.some((text) => high.test(text)) ? texts.sort(compareTexts) : texts.sort()
}
