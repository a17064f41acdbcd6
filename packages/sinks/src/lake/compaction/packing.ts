/** What has a size in bytes. */
interface Sized {
  readonly size: number
}

/** A file of this share of the target is large enough. */
const LARGE = 0.75

/** Returns whether a file is worth merging into one of the target size. */
export const isSmall = ({ size }: Sized, targetFileSize: number): boolean => size < targetFileSize * LARGE

/** Returns values by a key, in the order in which each key comes first. */
export function grouped<V>(values: readonly V[], key: (value: V) => string): V[][] {
  const groups = new Map<string, V[]>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group) group.push(value)
    else groups.set(key(value), [value])
  }
  return [...groups.values()]
}

/** Drops the largest files as long as one is larger than all others together. */
export function evenly<F extends Sized>(files: readonly F[]): readonly F[] {
  let rest = [...files]
  for (;;) {
    const total = rest.reduce((sum, { size }) => sum + size, 0)
    const largest = rest.reduce((max, { size }) => Math.max(max, size), 0)
    if (rest.length === 0 || largest * 2 <= total) return rest
    rest = rest.filter(({ size }) => size < largest)
  }
}

/**
 * Puts files together in order, up to the target size: a larger one stands alone.
 *
 * @example
 * packed([{ size: 4 }, { size: 5 }, { size: 2 }], 9, ({ size }) => size) // [[{ size: 4 }, { size: 5 }], [{ size: 2 }]]
 */
export function packed<F>(files: readonly F[], targetFileSize: number, sizeOf: (file: F) => number): F[][] {
  const bins: F[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const file of files) {
    if (size + sizeOf(file) > targetFileSize) {
      bins.push([])
      size = 0
    }
    bins.at(-1)?.push(file)
    size += sizeOf(file)
  }
  return bins
}
