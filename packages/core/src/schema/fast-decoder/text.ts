import type { TextStore } from '../../store/stores.ts'
import { BACKSLASH, QUOTE, type Read, UNSURE } from './read.ts'
import type { TextRule } from './rules.ts'
import { type Sequence, sequencesOf } from './sequence.ts'
import { countText, escapeAt, escapeLength, putChar, sequenceAt } from './utf8.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const ONES = 0x01010101
const HIGH = 0x80808080 | 0

/**
 * Sets the high bit of each byte that is a quote, a backslash, below 0x20 or above 0x7f. The lowest mark is exact; a byte above it may be marked wrongly,
 * by what is borrowed from it.
 */
const marks = (word: number) => ((word ^ 0x22222222) - ONES) | ((word ^ 0x5c5c5c5c) - ONES) | (word - 0x20202020) | word

/** Returns how many bytes of a word stand before the lowest mark. */
const before = (marked: number) => (31 - Math.clz32(marked & -marked)) >> 3

/** Returns a reader of any text. It copies eight bytes at once while none of them needs a closer look. */
export function textReader(store: TextStore): Read {
  return (bytes, view, at, end, row) => {
    if (at >= end || bytes[at] !== QUOTE) return UNSURE
    let i = at + 1
    let to = store.offsets[row] as number
    if (to + (end - i) > store.bytes.length) store.room(to + (end - i))
    const out = store.bytes
    const outView = store.view
    for (;;) {
      for (; i + 8 <= end; i += 8, to += 8) {
        const low = view.getInt32(i, true)
        const high = view.getInt32(i + 4, true)
        outView.setInt32(to, low, true)
        outView.setInt32(to + 4, high, true)
        const lowMarks = marks(low) & HIGH
        const highMarks = marks(high) & HIGH
        if ((lowMarks | highMarks) === 0) continue
        // What was written behind the marked byte is written again, or is behind the end of the text.
        const plain = lowMarks !== 0 ? before(lowMarks) : 4 + before(highMarks)
        i += plain
        to += plain
        break
      }
      // The byte that stopped the words, or the last ones before the end.
      for (;;) {
        if (i >= end) return UNSURE
        const byte = bytes[i] as number
        if (byte === QUOTE) {
          store.offsets[row + 1] = to
          return i + 1
        }
        if (byte < 0x20) return UNSURE
        if (byte === BACKSLASH) {
          const char = escapeAt(bytes, i, end)
          if (char === UNSURE) return UNSURE
          i += escapeLength(bytes, i, char)
          // No escape is longer as UTF-8: there is room.
          to = putChar(out, to, char)
          break
        }
        if (byte > 0x7f) {
          const length = sequenceAt(bytes, i, end)
          if (length === 0) return UNSURE
          for (const stop = i + length; i < stop; ) out[to++] = bytes[i++] as number
          break
        }
        out[to++] = byte
        i++
      }
    }
  }
}

/** Returns a reader of text of a fixed form, which is checked while it is copied. */
function sequenceReader(store: TextStore, { length, starts, ranges, lows, highs }: Sequence, other: Read): Read {
  return (bytes, view, at, end, row) => {
    const first = at + 1
    if (first + length >= end || bytes[at] !== QUOTE || bytes[first + length] !== QUOTE) return other(bytes, view, at, end, row)
    const from = store.offsets[row] as number
    if (from + length > store.bytes.length) store.room(from + length)
    const out = store.view
    let wrong = 0
    for (let four = 0, r = 0; four < starts.length; four++) {
      const start = starts[four] as number
      const word = view.getInt32(first + start, true)
      let fits = 0
      for (const stop = r + ranges; r < stop; r++) fits |= (word + (lows[r] as number)) & ~(word + (highs[r] as number))
      wrong |= ~fits | word
      out.setInt32(from + start, word, true)
    }
    if ((wrong & HIGH) !== 0) return other(bytes, view, at, end, row)
    store.offsets[row + 1] = from + length
    return first + length + 1
  }
}

/** Returns whether a text in UTF-8 matches all of these patterns. */
export function matchesAll(patterns: readonly RegExp[], bytes: Uint8Array): boolean {
  const text = utf8.decode(bytes)
  return patterns.every((pattern) => {
    pattern.lastIndex = 0
    return pattern.test(text)
  })
}

/** Returns a reader of text that is copied first and then checked. */
function checkedReader(store: TextStore, { min, max, patterns }: TextRule): Read {
  const read = textReader(store)
  const fits = (from: number, to: number) => {
    const size = to - from
    // A code point has one to four bytes, so most lengths are decided without counting.
    if (size >= min * 4 && size <= max) return true
    if (size < min) return false
    const { points, units } = countText(store.bytes, from, to)
    return points >= min && units <= max
  }
  return (bytes, view, at, end, row) => {
    const next = read(bytes, view, at, end, row)
    if (next === UNSURE) return UNSURE
    const from = store.offsets[row] as number
    const to = store.offsets[row + 1] as number
    return fits(from, to) && (patterns.length === 0 || matchesAll(patterns, store.bytes.subarray(from, to))) ? next : UNSURE
  }
}

/** Returns a reader of text within a rule. */
export function ruledTextReader(store: TextStore, rule: TextRule): Read {
  const { min, max, patterns } = rule
  if (min === 0 && max === Number.POSITIVE_INFINITY && patterns.length === 0) return textReader(store)
  return ruledSequences(rule).reduceRight((other, sequence) => sequenceReader(store, sequence, other), checkedReader(store, rule))
}

/** Returns fixed sequences, each of which is a text within the rule. */
export function ruledSequences({ min, max, patterns }: TextRule): readonly Sequence[] {
  const [only, ...more] = patterns
  return only && more.length === 0 ? sequencesOf(only).filter(({ length }) => length >= min && length <= max) : []
}
