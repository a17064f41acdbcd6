import { scanNumber } from './number.ts'
import { BACKSLASH, no, nothing, QUOTE, space, UNSURE, yes } from './read.ts'
import { sequenceAt } from './utf8.ts'

/** Deeper values of unknown keys are left to JSON.parse. */
const DEPTH = 32

const literals = [yes, no, nothing]

const isHex = (byte: number | undefined) =>
  byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66))

/** Returns where the escape at `at` ends. */
function skipEscape(bytes: Uint8Array, at: number, end: number): number {
  const kind = at + 1 < end ? (bytes[at + 1] as number) : 0
  if (kind === 0x75) {
    if (at + 6 > end) return UNSURE
    for (let i = at + 2; i < at + 6; i++) if (!isHex(bytes[i])) return UNSURE
    return at + 6
  }
  return kind !== 0 && '"\\/bfnrt'.includes(String.fromCharCode(kind)) ? at + 2 : UNSURE
}

/** Returns where the string at `at` ends, or `UNSURE`. With `plain`, a string with escapes is `UNSURE`. */
export function skipString(bytes: Uint8Array, at: number, end: number, plain: boolean): number {
  if (at >= end || bytes[at] !== QUOTE) return UNSURE
  for (let i = at + 1; i < end; ) {
    const byte = bytes[i] as number
    if (byte === QUOTE) return i + 1
    if (byte < 0x20) return UNSURE
    if (byte === BACKSLASH) {
      i = plain ? UNSURE : skipEscape(bytes, i, end)
      if (i === UNSURE) return UNSURE
    } else if (byte > 0x7f) {
      const length = sequenceAt(bytes, i, end)
      if (length === 0) return UNSURE
      i += length
    } else i++
  }
  return UNSURE
}

/** Returns where the JSON value at `at` ends, or `UNSURE` when it may be invalid. */
export function skipValue(bytes: Uint8Array, view: DataView, at: number, end: number, depth = 0): number {
  if (at >= end || depth > DEPTH) return UNSURE
  const byte = bytes[at] as number
  if (byte === QUOTE) return skipString(bytes, at, end, false)
  if (byte === 0x7b || byte === 0x5b) return skipMembers(bytes, view, at, end, depth, byte === 0x7b)
  for (const literal of literals) if (literal.at(bytes, view, at, end)) return at + literal.length
  return scanNumber(bytes, at, end)
}

function skipMembers(bytes: Uint8Array, view: DataView, open: number, end: number, depth: number, keyed: boolean): number {
  const close = keyed ? 0x7d : 0x5d
  let at = space(bytes, open + 1, end)
  if (at < end && bytes[at] === close) return at + 1
  for (;;) {
    if (keyed) {
      at = skipString(bytes, at, end, false)
      if (at === UNSURE) return UNSURE
      at = space(bytes, at, end)
      if (at >= end || bytes[at] !== 0x3a) return UNSURE
      at = space(bytes, at + 1, end)
    }
    at = skipValue(bytes, view, at, end, depth + 1)
    if (at === UNSURE) return UNSURE
    at = space(bytes, at, end)
    if (at >= end) return UNSURE
    if (bytes[at] === close) return at + 1
    if (bytes[at] !== 0x2c) return UNSURE
    at = space(bytes, at + 1, end)
  }
}
