import type { Kernels } from '../kernels/kernels.ts'
import type { Column } from '../pack/column.ts'
import type { Levels } from './levels.ts'
import { type Leaf, physical } from './schema.ts'

/** Bytes of a decimal in a column: four words of 32 bits, the lowest first. */
const WORDS = 16

/** The values of a page in the memory of the kernels, without nulls. */
export type Values =
  /** All of `width` bytes. */
  | { readonly kind: 'fixed'; readonly count: number; readonly at: number; readonly width: number }
  /** Text `i` is the bytes from offset `i` to offset `i + 1`, counted from `bytes`. */
  | {
      readonly kind: 'texts'
      readonly count: number
      readonly offsets: number
      readonly bytes: number
      readonly first: number
      readonly length: number
    }
  /** One bit each. */
  | { readonly kind: 'bits'; readonly count: number; readonly bits: Uint8Array }
  /** Numbers of members. */
  | { readonly kind: 'codes'; readonly count: number; readonly codes: Codes; readonly members: readonly string[] }

type Texts = Values & { readonly kind: 'texts' }
type Codes = Int8Array | Int16Array | Int32Array

/** Rows of one table that a page has: the column of their values, and which of those there are. */
export interface PageRows {
  readonly column: Column
  readonly chosen: Pick<Levels, 'first' | 'values' | 'rows'>
}

/** Copies the values of a page into the memory of the kernels end to end, those without a value left out. */
export function loadValues(kernels: Kernels, leaf: Leaf, parts: readonly PageRows[]): Values {
  const count = parts.reduce((sum, { chosen }) => sum + chosen.values, 0)
  if (leaf.kind === 'enum') return loadCodes(parts, count)
  if (leaf.physical === physical.boolean) return { kind: 'bits', count, bits: bitsOf(parts, count) }
  if (leaf.physical === physical.bytes) {
    const texts = loadTexts(kernels, parts, count)
    return parts.every(({ column }) => column.isUtf8) ? texts : checked(kernels, leaf, texts)
  }
  return loadFixed(kernels, leaf, parts, count)
}

/** Returns the values from the first chosen one to the last: how many there are of the column, chosen or not. */
const spanOf = ({ first, values, rows }: PageRows['chosen']) => (rows ? (rows[values - 1] as number) - first + 1 : values)

/** Puts the numbers of the chosen values, counted from the first, into the memory. */
function putRows({ memory }: Kernels, rows: Int32Array, first: number): number {
  const at = memory.take(4 * rows.length)
  const list = memory.ints(at, rows.length)
  for (let i = 0; i < rows.length; i++) list[i] = (rows[i] as number) - first
  return at
}

function loadFixed(kernels: Kernels, { kind, width, isMicros = false }: Leaf, parts: readonly PageRows[], count: number): Values {
  const { memory } = kernels
  const inColumn = kind === 'decimal' ? WORDS : width
  const target = memory.take(count * inColumn)
  let end = target
  for (const { column, chosen } of parts) {
    const { first, values, rows } = chosen
    const bytes = column.values.subarray(first * inColumn, (first + spanOf(chosen)) * inColumn)
    if (rows) {
      const { top } = memory
      const source = memory.put(bytes)
      kernels.takeFixed(source, inColumn, putRows(kernels, rows, first), values, end)
      memory.release(top)
    } else memory.bytes.set(bytes, end)
    end += values * inColumn
  }
  if (isMicros) toMicros(memory.ints(target, 2 * count))
  if (kind !== 'decimal') return { kind: 'fixed', count, at: target, width }
  const at = memory.take(count * width)
  putDecimals(memory.bytes.subarray(target), count, width, memory.bytes.subarray(at))
  return { kind: 'fixed', count, at, width }
}

/** Refuses texts that are not UTF-8, which columns from elsewhere may hold and readers refuse or garble. */
function checked(kernels: Kernels, { kind, path }: Leaf, texts: Texts): Texts {
  if (kind === 'bytes' || kernels.validTexts(texts.offsets, texts.bytes, texts.count) === 1) return texts
  throw new Error(`column ${path.join('.')} has a text that is not valid UTF-8`)
}

/** Returns where in its bytes the texts of a part begin and end. */
function bytesOf({ column: { offsets }, chosen }: PageRows): readonly [from: number, to: number] {
  const span = spanOf(chosen)
  return span === 0 ? [0, 0] : [offsets[chosen.first] as number, offsets[chosen.first + span] as number]
}

/** The first offset is that of the column, so that the offsets of a page from one table need not change. */
function loadTexts(kernels: Kernels, parts: readonly PageRows[], count: number): Texts {
  const { memory } = kernels
  const first = parts[0] && !parts[0].chosen.rows ? bytesOf(parts[0])[0] : 0
  const room = parts.reduce((sum, part) => sum + bytesOf(part)[1] - bytesOf(part)[0], 0)
  const offsetsAt = memory.take(4 * (count + 1))
  const bytesAt = memory.take(room)
  memory.ints(offsetsAt, 1)[0] = first
  let row = 0
  let end = first
  for (const part of parts) {
    const offsets = offsetsAt + 4 * row
    end = part.chosen.rows
      ? takeTexts(kernels, part, offsets, bytesAt + end - first, end)
      : copyTexts(kernels, part, offsets, bytesAt + end - first, end)
    row += part.chosen.values
  }
  return { kind: 'texts', count, offsets: offsetsAt, bytes: bytesAt - first, first, length: end - first }
}

/** Copies texts that follow each other, with offsets from `start` on; returns the last offset. */
function copyTexts({ memory }: Kernels, part: PageRows, offsetsAt: number, target: number, start: number): number {
  const { column, chosen } = part
  const [from, to] = bytesOf(part)
  memory.bytes.set(column.values.subarray(from, to), target)
  const given = column.offsets.subarray(chosen.first, chosen.first + chosen.values + 1)
  const offsets = memory.ints(offsetsAt, chosen.values + 1)
  if (chosen.values === 0 || start === from) offsets.set(chosen.values === 0 ? [start] : given)
  else for (let i = 0; i <= chosen.values; i++) offsets[i] = (given[i] as number) - from + start
  return start + to - from
}

/** The same for chosen texts. */
function takeTexts(kernels: Kernels, part: PageRows, offsetsAt: number, target: number, start: number): number {
  const { memory } = kernels
  const { column, chosen } = part
  const { first, values, rows } = chosen as { readonly rows: Int32Array } & typeof chosen
  const [from, to] = bytesOf(part)
  const { top } = memory
  const givenAt = memory.take(4 * (spanOf(chosen) + 1))
  const bytesAt = memory.put(column.values.subarray(from, to))
  memory.ints(givenAt, spanOf(chosen) + 1).set(column.offsets.subarray(first, first + spanOf(chosen) + 1))
  const list = putRows(kernels, rows, first)
  const length = kernels.takeTexts(givenAt, bytesAt - from, list, values, offsetsAt, target)
  memory.release(top)
  const offsets = memory.ints(offsetsAt, values + 1)
  if (start > 0) for (let i = 0; i <= values; i++) offsets[i] = (offsets[i] as number) + start
  return start + length
}

function loadCodes(parts: readonly PageRows[], count: number): Values {
  const [first, ...others] = parts
  if (first && others.length === 0) return { kind: 'codes', count, codes: codesOf(first), members: first.column.members }
  const members = [...(first?.column.members ?? [])]
  const all = new Int32Array(count)
  let at = 0
  for (const part of parts) {
    // Tables may have other members in another order; nearly all have the same.
    const places = part.column.members.map((member, i) => {
      if (members[i] === member) return i
      const known = members.indexOf(member)
      return known < 0 ? members.push(member) - 1 : known
    })
    const codes = codesOf(part)
    if (places.every((place, i) => place === i)) all.set(codes, at)
    else for (let i = 0; i < codes.length; i++) all[at + i] = places[codes[i] as number] as number
    at += codes.length
  }
  return { kind: 'codes', count, codes: all, members }
}

function codesOf({ column: { codes }, chosen: { first, values, rows } }: PageRows): Codes {
  if (!rows) return codes.subarray(first, first + values)
  const taken = new Int32Array(values)
  for (let i = 0; i < values; i++) taken[i] = codes[rows[i] as number] as number
  return taken
}

function bitsOf(parts: readonly PageRows[], count: number): Uint8Array {
  const taken = new Uint8Array((count + 7) >> 3)
  let at = 0
  for (const { column, chosen } of parts) {
    const { first, values, rows } = chosen
    for (let i = 0; i < values; i++, at++) {
      const place = rows ? (rows[i] as number) : first + i
      if ((column.values[place >> 3] as number) & (1 << (place & 7))) taken[at >> 3] = (taken[at >> 3] as number) | (1 << (at & 7))
    }
  }
  return taken
}

/** Makes microseconds of milliseconds, each as two halves of 32 bits, the lower first. */
function toMicros(halves: Int32Array): void {
  for (let i = 0; i < halves.length; i += 2) {
    const low = ((halves[i] as number) >>> 0) * 1000
    halves[i + 1] = (halves[i + 1] as number) * 1000 + Math.floor(low / 2 ** 32)
    halves[i] = low
  }
}

/**
 * Writes decimals as files hold them, in `width` bytes: as integers of 4 or 8 bytes, the lowest byte first, and wider ones with the highest byte
 * first. What is left out of a number that fits is its sign, repeated.
 */
function putDecimals(source: Uint8Array, count: number, width: number, target: Uint8Array): void {
  const isInteger = width === 4 || width === 8
  for (let i = 0; i < count; i++) {
    const from = i * WORDS
    const to = i * width
    if (isInteger) for (let b = 0; b < width; b++) target[to + b] = source[from + b] as number
    else for (let b = 0; b < width; b++) target[to + b] = source[from + width - 1 - b] as number
  }
}
