// The rows with the least and the greatest value, the first of equal ones, as two 32-bit numbers at `target`.

function put(target: usize, least: u32, greatest: u32): void {
  store<u32>(target, least)
  store<u32>(target, greatest, 4)
}

function extremes<T>(values: usize, count: u32, target: usize): void {
  let least: u32 = 0
  let greatest: u32 = 0
  let low = load<T>(values)
  let high = low
  for (let i: u32 = 1; i < count; i++) {
    const value = load<T>(values + <usize>i * sizeof<T>())
    if (value < low) {
      low = value
      least = i
    } else if (value > high) {
      high = value
      greatest = i
    }
  }
  put(target, least, greatest)
}

/** Finds the extremes of signed 32-bit integers; `count` is 1 at least. */
export function extremes32(values: usize, count: u32, target: usize): void {
  extremes<i32>(values, count, target)
}

/** Finds the extremes of signed 64-bit integers; `count` is 1 at least. */
export function extremes64(values: usize, count: u32, target: usize): void {
  extremes<i64>(values, count, target)
}

/** Finds the extremes of doubles, NaN left out; `count` in both places where there is nothing but NaN. */
export function extremesDouble(values: usize, count: u32, target: usize): void {
  let least = count
  let greatest = count
  let low = Infinity
  let high = -Infinity
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + ((<usize>i) << 3))
    if (isNaN(value)) continue
    if (value < low || least == count) {
      low = value
      least = i
    }
    if (value > high || greatest == count) {
      high = value
      greatest = i
    }
  }
  put(target, least, greatest)
}

/** Returns whether text `a` comes before text `b`, byte by byte. */
function isBefore(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  const length = aLength < bLength ? aLength : bLength
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) {
    const x = bswap(load<u64>(a + i))
    const y = bswap(load<u64>(b + i))
    if (x != y) return x < y
  }
  for (; i < length; i++) {
    const x = load<u8>(a + i)
    const y = load<u8>(b + i)
    if (x != y) return x < y
  }
  return aLength < bLength
}

/** Returns the first eight bytes as a number that is ordered as they are, zeros behind a short text. */
function prefix(at: usize, length: u32): u64 {
  const word = bswap(load<u64>(at))
  return length >= 8 ? word : length == 0 ? 0 : word & (~(<u64>0) << (64 - 8 * length))
}

/** Finds the extremes of texts, ordered by their bytes, which is the order of Unicode; `count` is 1 at least. */
export function extremesTexts(offsets: usize, bytes: usize, count: u32, target: usize): void {
  let least: u32 = 0
  let greatest: u32 = 0
  let leastAt = bytes + load<u32>(offsets)
  let leastLength = load<u32>(offsets, 4) - load<u32>(offsets)
  let greatestAt = leastAt
  let greatestLength = leastLength
  let low = prefix(leastAt, leastLength)
  let high = low
  for (let i: u32 = 1; i < count; i++) {
    const place = offsets + ((<usize>i) << 2)
    const from = load<u32>(place)
    const at = bytes + from
    const length = load<u32>(place, 4) - from
    const word = prefix(at, length)
    // Most texts differ in their first bytes.
    if (word <= low && (word < low || isBefore(at, length, leastAt, leastLength))) {
      least = i
      leastAt = at
      leastLength = length
      low = word
    }
    if (word >= high && (word > high || isBefore(greatestAt, greatestLength, at, length))) {
      greatest = i
      greatestAt = at
      greatestLength = length
      high = word
    }
  }
  put(target, least, greatest)
}

/** Finds the extremes of signed integers of `width` bytes, the highest byte first; `count` is 1 at least. */
export function extremesBigEndian(values: usize, width: u32, count: u32, target: usize): void {
  let least: u32 = 0
  let greatest: u32 = 0
  for (let i: u32 = 1; i < count; i++) {
    if (isBelow(values + i * width, values + least * width, width)) least = i
    if (isBelow(values + greatest * width, values + i * width, width)) greatest = i
  }
  put(target, least, greatest)
}

function isBelow(a: usize, b: usize, width: u32): bool {
  const x = load<i8>(a)
  const y = load<i8>(b)
  return x != y ? x < y : isBefore(a + 1, width - 1, b + 1, width - 1)
}
