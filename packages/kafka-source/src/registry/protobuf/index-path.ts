import { InvalidValue, truncated } from '../invalid-value.ts'

/** Deeper messages are damaged. */
const MAX_DEPTH = 64

/** Which message of a file a value is, by its place and those of the messages inside of which it is declared. */
export interface IndexPath {
  readonly path: readonly number[]
  /** Where the value begins. */
  readonly at: number
}

/** Reads the path before a value: a count and the places, as zigzag numbers. A count of 0 is the first message. Throws `InvalidValue`. */
export function readIndexPath(bytes: Uint8Array, from: number, to: number): IndexPath {
  let at = from
  const number = (): number => {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= to) throw truncated()
      const byte = bytes[at++] as number
      value |= (byte & 127) << shift
      if (byte < 128) return value & 1 ? -(value >>> 1) - 1 : value >>> 1
    }
    throw new InvalidValue('the place of its message is too large: the value is damaged')
  }
  const count = number()
  if (count < 0 || count > MAX_DEPTH) throw new InvalidValue(`its message is ${count} levels deep: the value is damaged`)
  const path = count === 0 ? [0] : Array.from({ length: count }, number)
  return { path, at }
}
