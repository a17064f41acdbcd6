/**
 * A pattern of fixed length, four positions at a time: a byte fits when it lies in one of the ranges of its position. `lows` and `highs`
 * hold, for each four and each range, what has to be added to four ASCII bytes so that their high bits say "not below" and "above".
 */
export interface Sequence {
  readonly length: number
  /** The ranges of bytes of each position. */
  readonly positions: readonly (readonly ByteRange[])[]
  /** Where each four begins; the last one overlaps the one before. */
  readonly starts: Int32Array
  /** How many ranges each four has. */
  readonly ranges: number
  readonly lows: Int32Array
  readonly highs: Int32Array
}

const special = new Set('^$.*+?()[]{}|\\/')
const digits = range('0', '9')
const word = [...digits, ...range('a', 'z'), ...range('A', 'Z'), '_']

function range(from: string, to: string): string[] {
  const first = from.charCodeAt(0)
  return Array.from({ length: to.charCodeAt(0) - first + 1 }, (_, i) => String.fromCharCode(first + i))
}

const isAscii = (char: string) => char >= ' ' && char <= '~'

/** The members of an escape, outside or inside of a class: only those that mean the same everywhere. */
function escaped(char: string | undefined): string[] | null {
  if (char === 'd') return digits
  if (char === 'w') return word
  return char !== undefined && isAscii(char) && !/[\w\s]/.test(char) ? [char] : null
}

/** The members of the class that opens at `at`, and where it ends. */
function classAt(source: string, at: number): { members: string[]; next: number } | null {
  const members: string[] = []
  let i = at + 1
  if (source[i] === '^') return null
  while (i < source.length && source[i] !== ']') {
    const char = source[i] as string
    if (char === '\\') {
      const more = escaped(source[i + 1])
      if (!more) return null
      members.push(...more)
      i += 2
      // A range from or to an escape is not ours to read.
      if (source[i] === '-' && source[i + 1] !== ']') return null
    } else if (!isAscii(char) || char === '[') return null
    else if (source[i + 1] === '-' && source[i + 2] !== ']') {
      const to = source[i + 2]
      if (to === undefined || to === '\\' || !isAscii(to) || to < char) return null
      members.push(...range(char, to))
      i += 3
    } else {
      members.push(char)
      i++
    }
  }
  return i < source.length ? { members, next: i + 1 } : null
}

function sequenceOf(source: string): Sequence | null {
  const positions: ByteRange[][] = []
  for (let i = 0; i < source.length; ) {
    const char = source[i] as string
    let members: string[] | null
    if (char === '[') {
      const found = classAt(source, i)
      if (!found) return null
      members = found.members
      i = found.next
    } else if (char === '\\') {
      members = escaped(source[i + 1])
      i += 2
    } else {
      members = special.has(char) || !isAscii(char) ? null : [char]
      i++
    }
    if (!members) return null
    const times = /^\{(\d{1,3})\}/.exec(source.slice(i))
    if (times) i += times[0].length
    for (let n = times ? Number(times[1]) : 1; n > 0; n--) positions.push(rangesOf(members))
  }
  return positions.length >= 4 && positions.length <= 256 ? compile(positions) : null
}

export type ByteRange = readonly [low: number, high: number]

/** The codes of these characters as ranges. A quote or backslash stands in JSON escaped only, which is not read here. */
function rangesOf(members: readonly string[]): ByteRange[] {
  const codes = [...new Set(members)].filter((char) => char !== '"' && char !== '\\').map((char) => char.charCodeAt(0))
  const ranges: [number, number][] = []
  for (const code of codes.sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last && last[1] === code - 1) last[1] = code
    else ranges.push([code, code])
  }
  return ranges
}

function compile(positions: readonly (readonly ByteRange[])[]): Sequence {
  const { length } = positions
  const starts = Int32Array.from({ length: (length + 3) >> 2 }, (_, i) => Math.min(i * 4, length - 4))
  const ranges = Math.max(...positions.map((list) => list.length))
  const lows = new Int32Array(starts.length * ranges)
  const highs = new Int32Array(starts.length * ranges)
  starts.forEach((start, four) => {
    for (let r = 0; r < ranges; r++) {
      for (let k = 0; k < 4; k++) {
        // A range that a position does not have is one that nothing reaches.
        const [low, high] = positions[start + k]?.[r] ?? [0x80, 0x7f]
        lows[four * ranges + r] = (lows[four * ranges + r] as number) | ((0x80 - low) << (8 * k))
        highs[four * ranges + r] = (highs[four * ranges + r] as number) | ((0x7f - high) << (8 * k))
      }
    }
  })
  return { length, positions, starts, ranges, lows, highs }
}

/**
 * Returns fixed sequences of ASCII that an anchored pattern accepts. A text that matches one of them matches the pattern. The pattern may accept
 * other texts too, and the list may be empty.
 */
export function sequencesOf({ source, flags }: RegExp): Sequence[] {
  if (flags !== '' && flags !== 'u' && flags !== 'g') return []
  if (!source.startsWith('^') || !source.endsWith('$') || source.endsWith('\\$')) return []
  const inner = source.slice(1, -1)
  const group = /^\((?:\?:)?([^()]*)\)$/.exec(inner)
  const body = group ? (group[1] as string) : inner
  // Without its group, `^a|b$` would be anchored on one side each.
  const found = group ? split(body) : [body]
  return found.map(sequenceOf).filter((sequence) => sequence !== null)
}

/** The alternatives of a group: at bars that stand in no class and behind no backslash. */
function split(body: string): string[] {
  const parts: string[] = []
  let from = 0
  let inClass = false
  for (let i = 0; i < body.length; i++) {
    if (body[i] === '\\') i++
    else if (body[i] === '[') inClass = true
    else if (body[i] === ']') inClass = false
    else if (body[i] === '|' && !inClass) {
      parts.push(body.slice(from, i))
      from = i + 1
    }
  }
  return [...parts, body.slice(from)]
}
