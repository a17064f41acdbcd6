import type { ColumnCut } from './stores.ts'

/** An array of a column. */
type Buffers = NonNullable<ColumnCut['values'] | ColumnCut['bits']>

/** Columns in one buffer, so that they are given to another thread at once. */
export interface PackedColumns {
  readonly buffer: ArrayBuffer
  readonly columns: readonly ColumnCut[]
  readonly others: readonly Buffers[]
}

/** Where each array begins, in bytes: a multiple of what processors load and cache at once. */
const ALIGN = 64
const aligned = (bytes: number) => Math.ceil(bytes / ALIGN) * ALIGN

function bytesOf({ values, offsets, bits, children = [] }: ColumnCut): number {
  const own = [values, offsets, bits].reduce((sum, array) => sum + aligned(array?.byteLength ?? 0), 0)
  return children.reduce((sum, child) => sum + bytesOf(child), own)
}

/** Copies columns, those inside of them, and other arrays into one new buffer. */
export function packColumns(columns: readonly ColumnCut[], others: readonly Buffers[] = []): PackedColumns {
  const ofColumns = columns.reduce((sum, column) => sum + bytesOf(column), 0)
  const buffer = new ArrayBuffer(others.reduce((sum, { byteLength }) => sum + aligned(byteLength), ofColumns))
  let at = 0
  const packArray = <A extends Buffers>(array: A): A => {
    const packed = new (array.constructor as new (buffer: ArrayBuffer, at: number, length: number) => A)(buffer, at, array.length)
    packed.set(array as never)
    at += aligned(array.byteLength)
    return packed
  }
  const pack = ({ values, offsets, bits, nulls, children }: ColumnCut): ColumnCut => ({
    ...(values ? { values: packArray(values) } : {}),
    ...(offsets ? { offsets: packArray(offsets) } : {}),
    bits: bits && packArray(bits),
    nulls,
    ...(children ? { children: children.map(pack) } : {}),
  })
  return { buffer, columns: columns.map(pack), others: others.map(packArray) }
}
