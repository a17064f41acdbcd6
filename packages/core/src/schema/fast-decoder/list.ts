import type { ListStore } from '../../store/nested-stores.ts'
import { type Read, space, UNSURE } from './read.ts'

const OPEN = 0x5b
const CLOSE = 0x5d
const COMMA = 0x2c
/** No white space is above it. */
const SPACE = 0x20

/** Returns a reader of arrays with a length in these bounds. The elements are written behind those of the row before. */
export function listReader(store: ListStore, read: Read, { min, max }: { readonly min: number; readonly max: number }): Read {
  return (bytes, view, at, end, row) => {
    if (at >= end || bytes[at] !== OPEN) return UNSURE
    const from = store.offsets[row] as number
    let to = from
    let i = at + 1
    if ((bytes[i] as number) <= SPACE) i = space(bytes, i, end)
    if (i < end && bytes[i] === CLOSE) i++
    else
      for (;;) {
        store.room(to + 1)
        i = read(bytes, view, i, end, to)
        if (i === UNSURE) return UNSURE
        to++
        if ((bytes[i] as number) <= SPACE) i = space(bytes, i, end)
        if (i >= end) return UNSURE
        const byte = bytes[i++]
        if (byte === CLOSE) break
        if (byte !== COMMA) return UNSURE
        if ((bytes[i] as number) <= SPACE) i = space(bytes, i, end)
      }
    if (to - from < min || to - from > max) return UNSURE
    store.offsets[row + 1] = to
    return i
  }
}
