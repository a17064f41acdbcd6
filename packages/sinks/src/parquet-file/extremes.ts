import type { Kernels } from '../kernels/kernels.ts'
import { seenMembers } from './dictionary.ts'
import { type Leaf, physical } from './schema.ts'
import type { Values } from './values.ts'

/** The least and the greatest value as files hold them: numbers with the lowest byte first, texts as their bytes. */
export interface Extremes {
  readonly least: Uint8Array
  readonly greatest: Uint8Array
}

/** Longer texts are cut in statistics, so that the footer stays small. */
const MOST_BYTES = 64
const SIGN = 0x80

const utf8 = new TextEncoder()

/** Compares two values of a column as its type orders them, from their bytes. */
export type Compare = (a: Uint8Array, b: Uint8Array) => number

/** Returns how the values of a column are ordered. */
export function compareFor({ physical: type }: Leaf): Compare {
  const number = (read: (view: DataView) => number | bigint): Compare => {
    const of = (bytes: Uint8Array) => read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    return (a, b) => {
      const [x, y] = [of(a), of(b)]
      return x < y ? -1 : x > y ? 1 : 0
    }
  }
  switch (type) {
    case physical.int32:
      return number((view) => view.getInt32(0, true))
    case physical.int64:
      return number((view) => view.getBigInt64(0, true))
    case physical.double:
      return number((view) => view.getFloat64(0, true))
    case physical.fixed:
      // Signed, the highest byte first: with its sign turned it is ordered as bytes.
      return (a, b) => ((a[0] as number) ^ SIGN) - ((b[0] as number) ^ SIGN) || compareBytes(a, b)
    default:
      return compareBytes
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.length - b.length
}

/** Returns the extremes of a page; null where it has no value that is ordered. */
export function extremesOf(kernels: Kernels, leaf: Leaf, values: Values): Extremes | null {
  if (values.count === 0) return null
  switch (values.kind) {
    case 'bits':
      return extremesOfBits(values.bits, values.count)
    case 'codes':
      return extremesOfCodes(values.codes, values.members)
    case 'texts': {
      const { memory } = kernels
      const target = memory.take(8)
      kernels.extremesTexts(values.offsets, values.bytes, values.count, target)
      const offsets = memory.ints(values.offsets, values.count + 1)
      const text = (row: number) => memory.bytes.slice(values.bytes + (offsets[row] as number), values.bytes + (offsets[row + 1] as number))
      const [least = 0, greatest = 0] = memory.ints(target, 2)
      return { least: text(least), greatest: text(greatest) }
    }
    case 'fixed':
      return extremesOfFixed(kernels, leaf, values)
  }
}

function extremesOfFixed(kernels: Kernels, { physical: type }: Leaf, { at, count, width }: Values & { readonly kind: 'fixed' }): Extremes | null {
  const { memory } = kernels
  const target = memory.take(8)
  if (type === physical.int32) kernels.extremes32(at, count, target)
  else if (type === physical.int64) kernels.extremes64(at, count, target)
  else if (type === physical.double) kernels.extremesDouble(at, count, target)
  else kernels.extremesBigEndian(at, width, count, target)
  const [least = 0, greatest = 0] = memory.ints(target, 2)
  if (least === count) return null
  const value = (row: number) => memory.bytes.slice(at + row * width, at + (row + 1) * width)
  const found = { least: value(least), greatest: value(greatest) }
  return type === physical.double ? withBothZeros(found) : found
}

/** Makes a least zero negative and a greatest zero positive: statistics do not tell which zeros there are. */
function withBothZeros({ least, greatest }: Extremes): Extremes {
  const zero = (value: Uint8Array, other: number) =>
    new DataView(value.buffer, value.byteOffset).getFloat64(0, true) === 0 ? new Uint8Array(Float64Array.of(other).buffer) : value
  return { least: zero(least, -0), greatest: zero(greatest, 0) }
}

function extremesOfBits(bits: Uint8Array, count: number): Extremes {
  let ones = 0
  for (let i = 0; i < count; i++) ones += ((bits[i >> 3] as number) >> (i & 7)) & 1
  return { least: Uint8Array.of(ones === count ? 1 : 0), greatest: Uint8Array.of(ones > 0 ? 1 : 0) }
}

function extremesOfCodes(codes: ArrayLike<number>, members: readonly string[]): Extremes {
  const texts = seenMembers(codes, members.length).map((member) => utf8.encode(members[member]))
  texts.sort(compareBytes)
  return { least: texts[0] as Uint8Array, greatest: texts.at(-1) as Uint8Array }
}

/** Returns the extremes of two pages together. */
export function joinExtremes(a: Extremes | null, b: Extremes | null, compare: Compare): Extremes | null {
  if (!a || !b) return a ?? b
  return { least: compare(b.least, a.least) < 0 ? b.least : a.least, greatest: compare(b.greatest, a.greatest) > 0 ? b.greatest : a.greatest }
}

/** Returns extremes whose texts are short: the least one cut, the greatest one cut and then raised, so that all values still lie between. */
export function shortened({ least, greatest }: Extremes, { kind, physical: type }: Leaf): Extremes {
  if (type !== physical.bytes) return { least, greatest }
  const isText = kind !== 'bytes'
  return {
    least: least.length > MOST_BYTES ? cut(least, isText) : least,
    greatest: greatest.length > MOST_BYTES ? (raised(cut(greatest, isText), isText) ?? greatest) : greatest,
  }
}

/** Returns the first bytes, whole characters of a text. */
function cut(bytes: Uint8Array, isText: boolean): Uint8Array {
  let length = MOST_BYTES
  // Bytes 10xxxxxx continue a character.
  if (isText) while (((bytes[length] as number) & 0xc0) === 0x80) length--
  return bytes.slice(0, length)
}

/** Returns the bytes with the last byte or character that can be raised made one higher, and without those behind it; null where none can. */
function raised(bytes: Uint8Array, isText: boolean): Uint8Array | null {
  if (!isText) {
    let length = bytes.length
    while (length > 0 && bytes[length - 1] === 0xff) length--
    if (length === 0) return null
    const out = bytes.slice(0, length)
    out[length - 1] = (out[length - 1] as number) + 1
    return out
  }
  const chars = [...new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)]
  while (chars.length > 0) {
    const next = ((chars.pop() as string).codePointAt(0) as number) + 1
    if (next > 0x10ffff) continue
    // Half of a surrogate pair is no character.
    return utf8.encode(chars.join('') + String.fromCodePoint(next === 0xd800 ? 0xe000 : next))
  }
  return null
}
