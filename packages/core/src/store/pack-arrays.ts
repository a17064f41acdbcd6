/** Where each array begins, in bytes: a multiple of what processors load and cache at once. */
const ALIGN = 64
const aligned = (bytes: number) => Math.ceil(bytes / ALIGN) * ALIGN

type TypedArray = Uint8Array | Int32Array

function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return aligned(value.byteLength)
  return typeof value === 'object' && value !== null ? Object.values(value).reduce((sum, inside) => sum + bytesOf(inside), 0) : 0
}

/** A value whose typed arrays all lie in one buffer. */
export interface Packed<V> {
  readonly value: V
  readonly buffer: ArrayBuffer
}

/**
 * Copies plain data with all typed arrays in it into one buffer, which is given to another thread at once: a transfer costs by the buffer, not by the
 * byte. `take` may give a used buffer.
 */
export function packArrays<V>(value: V, take = (bytes: number) => new ArrayBuffer(bytes)): Packed<V> {
  const buffer = take(bytesOf(value))
  let at = 0
  const packed = (given: unknown): unknown => {
    if (ArrayBuffer.isView(given)) {
      const array = given as TypedArray
      const copy = new (array.constructor as new (buffer: ArrayBuffer, at: number, length: number) => TypedArray)(buffer, at, array.length)
      copy.set(array)
      at += aligned(array.byteLength)
      return copy
    }
    if (typeof given !== 'object' || given === null) return given
    return Array.isArray(given) ? given.map(packed) : Object.fromEntries(Object.entries(given).map(([name, inside]) => [name, packed(inside)]))
  }
  return { value: packed(value) as V, buffer }
}
