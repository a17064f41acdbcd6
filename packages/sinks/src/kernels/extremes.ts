import type { KernelMemory } from '@tickets/core/kernels'

/** Writes the rows of the least and the greatest of `count` values, the first of equal ones. */
function put(memory: KernelMemory, target: number, count: number, compare: (a: number, b: number) => number): void {
  let least = 0
  let greatest = 0
  for (let i = 1; i < count; i++) {
    if (compare(i, least) < 0) least = i
    if (compare(i, greatest) > 0) greatest = i
  }
  memory.ints(target, 2).set([least, greatest])
}

const order = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0)

/** Compares bytes as numbers from 0 to 255, a shorter text first. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.length - b.length
}

/** Finds the extremes of signed 32-bit integers; see `Kernels`. */
export function extremes32(memory: KernelMemory, valuesAt: number, count: number, target: number): void {
  const values = memory.ints(valuesAt, count)
  put(memory, target, count, (a, b) => order(values[a] as number, values[b] as number))
}

/** Finds the extremes of signed 64-bit integers; see `Kernels`. */
export function extremes64(memory: KernelMemory, valuesAt: number, count: number, target: number): void {
  const values = new BigInt64Array(memory.bytes.buffer, valuesAt, count)
  put(memory, target, count, (a, b) => order(values[a] as bigint, values[b] as bigint))
}

/** Finds the extremes of doubles without NaN; see `Kernels`. */
export function extremesDouble(memory: KernelMemory, valuesAt: number, count: number, target: number): void {
  const values = new Float64Array(memory.bytes.buffer, valuesAt, count)
  let least = count
  let greatest = count
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return
    if (least === count || value < (values[least] as number)) least = i
    if (greatest === count || value > (values[greatest] as number)) greatest = i
  })
  memory.ints(target, 2).set([least, greatest])
}

/** Finds the extremes of texts, ordered by their bytes, which is the order of Unicode; see `Kernels`. */
export function extremesTexts(memory: KernelMemory, offsetsAt: number, bytesAt: number, count: number, target: number): void {
  const offsets = memory.ints(offsetsAt, count + 1)
  const text = (i: number) => memory.bytes.subarray(bytesAt + (offsets[i] as number), bytesAt + (offsets[i + 1] as number))
  put(memory, target, count, (a, b) => compareBytes(text(a), text(b)))
}

/** Finds the extremes of signed integers of `width` bytes, the highest byte first; see `Kernels`. */
export function extremesBigEndian(memory: KernelMemory, values: number, width: number, count: number, target: number): void {
  const number = (i: number) => memory.bytes.subarray(values + i * width, values + (i + 1) * width)
  const isNegative = (i: number) => (memory.bytes[values + i * width] as number) > 127
  put(memory, target, count, (a, b) => (isNegative(a) === isNegative(b) ? compareBytes(number(a), number(b)) : isNegative(a) ? -1 : 1))
}
