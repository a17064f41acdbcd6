import { copy16 } from './bytes'

/** Copies a text, 16 bytes at a time while it is short. */
export function copyText(target: usize, source: usize, length: u32): void {
  if (length > 256) memory.copy(target, source, length)
  else for (let i: u32 = 0; i < length; i += 16) copy16(target + i, source + i)
}

/** Writes texts as PLAIN: each with its length before it. Returns the written length. */
export function plainTexts(offsets: usize, bytes: usize, count: u32, target: usize): u32 {
  let out = target
  for (let i: usize = 0; i < count; i++) {
    const place = offsets + (i << 2)
    const from = load<u32>(place)
    const length = load<u32>(place, 4) - from
    store<u32>(out, length)
    copyText(out + 4, bytes + from, length)
    out += 4 + length
  }
  return <u32>(out - target)
}

/** Writes the length of each text, from `count + 1` offsets. */
export function textLengths(offsets: usize, count: u32, target: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const place = offsets + (i << 2)
    store<i32>(target + (i << 2), load<i32>(place, 4) - load<i32>(place))
  }
}
