import * as block from '../../../assembly/field-block.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import { type ColumnCut, type Cut, countZeros, type Numbers } from '../../store/stores.ts'
import type { KernelColumn } from './plan-block.ts'

/** What the columns have room for: rows, bytes of all texts of one column, and elements of all lists of one column. */
export interface Room {
  readonly rows: number
  readonly bytes: number
  readonly elements: number
}

/** Bytes of a value, by the kind of the column. Booleans are bits, and texts and nested columns have no values of their own. */
const widths: Readonly<Record<number, number>> = {
  [block.DOUBLE]: 8,
  [block.INT32]: 4,
  [block.INT64]: 8,
  [block.INSTANT]: 8,
  [block.EPOCH]: 8,
  [block.DATE]: 4,
  [block.DECIMAL_128]: 16,
  [block.ENUM_8]: 1,
  [block.ENUM_16]: 2,
  [block.ENUM_32]: 4,
}
const bitsOf = (rows: number) => (rows + 7) >> 3

/** Bytes of the values, the offsets and the validity of a column. */
function sizesOf({ kind, mayBeNull }: KernelColumn, { rows, bytes }: Room): readonly [values: number, offsets: number, valid: number] {
  const values = kind === block.TEXT ? bytes : kind === block.BOOLEAN ? bitsOf(rows) : rows * (widths[kind] ?? 0)
  return [values, kind === block.TEXT || kind === block.LIST ? 4 * (rows + 1) : 0, mayBeNull ? bitsOf(rows) : 0]
}

/** What there is room for inside of a column. */
const roomInside = ({ kind }: KernelColumn, room: Room): Room => (kind === block.LIST ? { ...room, rows: room.elements } : room)

/** Returns the bytes that columns take. */
export function bytesFor(columns: readonly KernelColumn[], room: Room): number {
  return columns.reduce((sum, column) => {
    const [values, offsets, valid] = sizesOf(column, room)
    return sum + values + offsets + valid + bytesFor(column.children, roomInside(column, room))
  }, 0)
}

/** Gives the columns regions of their own, and writes where they are into their fields. */
export function layColumns(memory: KernelMemory, columns: readonly KernelColumn[], room: Room): void {
  for (const column of columns) {
    const { at, kind, children } = column
    const [values, offsets, valid] = sizesOf(column, room).map((bytes) => (bytes > 0 ? memory.take(bytes) : 0)) as [number, number, number]
    const { view } = memory
    if (offsets > 0) view.setInt32(offsets, 0, true)
    view.setUint32(at + block.VALUES, values, true)
    view.setUint32(at + block.OFFSETS, offsets, true)
    view.setUint32(at + block.VALID, valid, true)
    if (kind === block.LIST) view.setInt32(at + block.ROOM, room.elements, true)
    layColumns(memory, children, roomInside(column, room))
  }
}

/** Returns the first rows of the columns as views of the memory, which the next piece writes to again. */
export function viewColumns(memory: KernelMemory, columns: readonly KernelColumn[], rows: number): ColumnCut[] {
  return columns.map((column) => {
    const valid = memory.view.getUint32(column.at + block.VALID, true)
    const bits = valid === 0 ? null : wholeBits(memory, valid, rows)
    const nulls = bits ? countZeros(bits, rows) : 0
    return { ...viewValues(memory, column, rows), bits: nulls > 0 ? bits : null, nulls }
  })
}

function viewValues(memory: KernelMemory, { at, kind, children }: KernelColumn, rows: number): Cut {
  const { buffer } = memory.bytes
  const values = memory.view.getUint32(at + block.VALUES, true)
  switch (kind) {
    case block.OBJECT:
      return { children: viewColumns(memory, children, rows) }
    case block.BOOLEAN:
      return { values: wholeBits(memory, values, rows) }
    case block.TEXT:
    case block.LIST: {
      const offsets = memory.ints(memory.view.getUint32(at + block.OFFSETS, true), rows + 1)
      const end = offsets[rows] as number
      return kind === block.TEXT
        ? { values: memory.bytes.subarray(values, values + end), offsets }
        : { offsets, children: viewColumns(memory, children, end) }
    }
    case block.INT64:
    case block.INSTANT:
    case block.EPOCH:
      return { values: new BigInt64Array(buffer, values, rows) }
    default:
      return { values: viewNumbers(buffer, values, kind, rows) }
  }
}

function viewNumbers(buffer: ArrayBuffer, at: number, kind: number, rows: number): Numbers {
  switch (kind) {
    case block.DOUBLE:
      return new Float64Array(buffer, at, rows)
    case block.ENUM_8:
      return new Int8Array(buffer, at, rows)
    case block.ENUM_16:
      return new Int16Array(buffer, at, rows)
    default:
      return new Int32Array(buffer, at, kind === block.DECIMAL_128 ? rows * 4 : rows)
  }
}

/** Returns the bits of the first rows, with zeros after them. */
function wholeBits(memory: KernelMemory, at: number, rows: number): Uint8Array<ArrayBuffer> {
  const bits = memory.bytes.subarray(at, at + bitsOf(rows))
  if (rows & 7) bits[rows >> 3] = (bits[rows >> 3] as number) & ((1 << (rows & 7)) - 1)
  return bits
}
