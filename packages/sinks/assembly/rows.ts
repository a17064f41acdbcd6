import { copyText } from './texts'

/** Copies the values of some rows end to end; `width` is 4, 8 or 16 bytes. */
export function takeFixed(values: usize, width: u32, rows: usize, count: u32, target: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const row = <usize>load<u32>(rows + (i << 2))
    if (width == 8) store<u64>(target + (i << 3), load<u64>(values + (row << 3)))
    else if (width == 4) store<u32>(target + (i << 2), load<u32>(values + (row << 2)))
    else v128.store(target + (i << 4), v128.load(values + (row << 4)))
  }
}

/** Copies the texts of some rows end to end, with `count + 1` offsets from 0. Returns their bytes. */
export function takeTexts(offsets: usize, bytes: usize, rows: usize, count: u32, offsetsTarget: usize, target: usize): u32 {
  let at: u32 = 0
  store<u32>(offsetsTarget, 0)
  for (let i: usize = 0; i < count; i++) {
    const place = offsets + ((<usize>load<u32>(rows + (i << 2))) << 2)
    const from = load<u32>(place)
    const length = load<u32>(place, 4) - from
    copyText(target + at, bytes + from, length)
    at += length
    store<u32>(offsetsTarget + (i << 2), at, 4)
  }
  return at
}
