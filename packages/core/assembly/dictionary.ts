// Gives equal values equal codes, in the order in which they are first seen.
//
// A dictionary is eight 32-bit numbers: address of the slots, slots less one, size, most entries, address of the hashes, address of the ends, address
// of the bytes, most bytes. Slots hold codes or -1; entry `i` is the bytes from end `i` to end `i + 1`.

const SIZE: usize = 8

function mix(a: u64, b: u64): u64 {
  let x = (a ^ 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
  x ^= x >> 29
  x = (x ^ b) * 0x94d049bb133111eb
  return x ^ (x >> 32)
}

/** Returns up to eight bytes, zeros behind the last. */
function tail(at: usize, length: u32): u64 {
  return length >= 8 ? load<u64>(at) : length == 0 ? 0 : load<u64>(at) & (~(<u64>0) >> (64 - 8 * length))
}

function hashOf(at: usize, length: u32): u32 {
  if (length <= 8) return <u32>mix(tail(at, length), length)
  let hash: u64 = length
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) hash = mix(hash, load<u64>(at + i))
  return <u32>(i < length ? mix(hash, tail(at + i, length - i)) : hash)
}

function isSame(a: usize, b: usize, length: u32): bool {
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  return tail(a + i, length - i) == tail(b + i, length - i)
}

/** Returns the code of a value, which is added if it is new; -1 when the dictionary is full. */
function codeOf(dictionary: usize, at: usize, length: u32): i32 {
  const slots = load<usize>(dictionary)
  const mask = load<u32>(dictionary, 4)
  const hashes = load<usize>(dictionary, 16)
  const ends = load<usize>(dictionary, 20)
  const bytes = load<usize>(dictionary, 24)
  const hash = hashOf(at, length)
  let slot = hash & mask
  while (true) {
    const place = slots + ((<usize>slot) << 2)
    const code = load<i32>(place)
    if (code < 0) {
      const size = load<u32>(dictionary, SIZE)
      const end = load<u32>(ends + ((<usize>size) << 2))
      if (size == load<u32>(dictionary, 12) || end + length > load<u32>(dictionary, 28)) return -1
      memory.copy(bytes + end, at, length)
      store<u32>(ends + ((<usize>size) << 2), end + length, 4)
      store<u32>(hashes + ((<usize>size) << 2), hash)
      store<u32>(place, size)
      store<u32>(dictionary, size + 1, SIZE)
      return <i32>size
    }
    if (load<u32>(hashes + ((<usize>code) << 2)) == hash) {
      const end = ends + ((<usize>code) << 2)
      const from = load<u32>(end)
      if (load<u32>(end, 4) - from == length && isSame(bytes + from, at, length)) return code
    }
    slot = (slot + 1) & mask
  }
}

/** Writes the code of each text; returns for how many the dictionary had room. */
export function dictionaryTexts(dictionary: usize, offsets: usize, bytes: usize, count: u32, codes: usize): u32 {
  for (let i: usize = 0; i < count; i++) {
    const place = offsets + (i << 2)
    const from = load<u32>(place)
    const code = codeOf(dictionary, bytes + from, load<u32>(place, 4) - from)
    if (code < 0) return <u32>i
    store<i32>(codes + (i << 2), code)
  }
  return count
}

/** The same for values of `width` bytes. */
export function dictionaryFixed(dictionary: usize, values: usize, width: u32, count: u32, codes: usize): u32 {
  for (let i: usize = 0; i < count; i++) {
    const code = codeOf(dictionary, values + i * width, width)
    if (code < 0) return <u32>i
    store<i32>(codes + (i << 2), code)
  }
  return count
}
