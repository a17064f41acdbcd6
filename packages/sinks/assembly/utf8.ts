// John Keiser and Daniel Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021), section 6: what may not follow each other stands in
// three tables of the half bytes of neighbours. A bit that all three have is an error.

/** A byte that begins a character and is followed by one that does not continue it. */
const TOO_SHORT: u8 = 1 << 0
/** ASCII that is followed by a byte that continues a character. */
const TOO_LONG: u8 = 1 << 1
/** Three bytes for a character that two hold. */
const OVERLONG_3: u8 = 1 << 2
/** Above U+10FFFF. */
const TOO_LARGE: u8 = 1 << 3
/** Half of a pair of surrogates. */
const SURROGATE: u8 = 1 << 4
/** Two bytes for a character that one holds. */
const OVERLONG_2: u8 = 1 << 5
/** U+110000 and above, or four bytes for a character that three hold: which of them, other bits tell. */
const TOO_LARGE_1000: u8 = 1 << 6
const OVERLONG_4: u8 = 1 << 6
/** Two bytes that continue a character: an error, unless a byte before says that there are three or four. */
const TWO_CONTINUED: u8 = 1 << 7
/** What the lower half of the first byte does not decide. */
const ANY: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUED
const LARGE: u8 = ANY | TOO_LARGE | TOO_LARGE_1000
const CONTINUED: u8 = TOO_LONG | OVERLONG_2 | TWO_CONTINUED

const NOTHING = i8x16.splat(0)

/** Returns a block of sixteen bytes whose last ones are set to zero. */
function blockOf(at: usize, end: usize): v128 {
  const bytes = v128.load(at)
  if (at + 16 <= end) return bytes
  const inside = i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(end - at)))
  return v128.and(bytes, inside)
}

/** Returns other than zero where a block is no UTF-8 behind the block before it; how its last character continues is not looked at. */
function errorsOf(bytes: v128, before: v128): v128 {
  const back1 = i8x16.shuffle(before, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
  const back2 = i8x16.shuffle(before, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
  const back3 = i8x16.shuffle(before, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
  const firstHigh = i8x16.swizzle(
    i8x16(
      TOO_LONG,
      TOO_LONG,
      TOO_LONG,
      TOO_LONG,
      TOO_LONG,
      TOO_LONG,
      TOO_LONG,
      TOO_LONG,
      TWO_CONTINUED,
      TWO_CONTINUED,
      TWO_CONTINUED,
      TWO_CONTINUED,
      TOO_SHORT | OVERLONG_2,
      TOO_SHORT,
      TOO_SHORT | OVERLONG_3 | SURROGATE,
      TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
    ),
    i8x16.shr_u(back1, 4),
  )
  const firstLow = i8x16.swizzle(
    i8x16(
      ANY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
      ANY | OVERLONG_2,
      ANY,
      ANY,
      ANY | TOO_LARGE,
      LARGE,
      LARGE,
      LARGE,
      LARGE,
      LARGE,
      LARGE,
      LARGE,
      LARGE,
      LARGE | SURROGATE,
      LARGE,
      LARGE,
    ),
    v128.and(back1, i8x16.splat(0x0f)),
  )
  const secondHigh = i8x16.swizzle(
    i8x16(
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
      CONTINUED | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
      CONTINUED | OVERLONG_3 | TOO_LARGE,
      CONTINUED | SURROGATE | TOO_LARGE,
      CONTINUED | SURROGATE | TOO_LARGE,
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
      TOO_SHORT,
    ),
    i8x16.shr_u(bytes, 4),
  )
  const found = v128.and(v128.and(firstHigh, firstLow), secondHigh)
  // Of 128 and more where a character of three bytes began two bytes before, or one of four bytes three bytes before.
  const third = i8x16.sub_sat_u(back2, i8x16.splat(0x60))
  const fourth = i8x16.sub_sat_u(back3, i8x16.splat(0x70))
  return v128.xor(v128.and(v128.or(third, fourth), i8x16.splat(<i8>0x80)), found)
}

/** Returns 1 where each of the texts is valid UTF-8, else 0. */
export function validTexts(offsets: usize, bytes: usize, count: u32): u32 {
  const end = bytes + load<u32>(offsets + ((<usize>count) << 2))
  let before = NOTHING
  let errors = NOTHING
  let isAscii = true
  // A zero behind the end shows a character that is cut there.
  for (let at = bytes + load<u32>(offsets); at <= end; at += 16) {
    const block = blockOf(at, end)
    if (i8x16.bitmask(v128.or(block, before)) != 0) {
      errors = v128.or(errors, errorsOf(block, before))
      isAscii = false
    }
    before = block
  }
  if (v128.any_true(errors)) return 0
  if (isAscii) return 1
  // Together they are valid; each is if none begins inside of a character.
  for (let i: usize = 1; i < count; i++) {
    const start = bytes + load<u32>(offsets + (i << 2))
    if (start < end && (load<u8>(start) & 0xc0) == 0x80) return 0
  }
  return 1
}
