import { QUOTE, UNSURE } from './bytes'
import { CUTS, VALUES } from './field-block'
import { isDigit } from './number'

const DAY_MS: i64 = 86_400_000
const daysOfMonths = memory.data<u8>([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
/** No day. */
const NO_DAY: i32 = i32.MIN_VALUE
/** No digits. So far below zero that every sum with it is out of range. */
const NONE: i32 = -1_000_000

/** The bytes of the day that was read last, and that day: the instants of a stream lie together. */
let lastDate: u64 = 0
let lastDateEnd: u32 = 0
let lastDay: i32 = NO_DAY

/** Returns the number of two digits. */
function two(at: usize): i32 {
  const tens: u32 = <u32>load<u8>(at) - 0x30
  const ones: u32 = <u32>load<u8>(at, 1) - 0x30
  return tens > 9 || ones > 9 ? NONE : <i32>(tens * 10 + ones)
}

/** Returns the days from 1970-01-01 to the date `YYYY-MM-DD` at `at`, whose hyphens were seen. Years 0 to 9999 of the Gregorian calendar. */
function dayAt(at: usize): i32 {
  const date = load<u64>(at)
  const dateEnd: u32 = load<u16>(at, 8)
  if (date == lastDate && dateEnd == lastDateEnd) return lastDay
  lastDate = date
  lastDateEnd = dateEnd
  lastDay = dayOf(two(at) * 100 + two(at + 2), two(at + 5), two(at + 8))
  return lastDay
}

function dayOf(year: i32, month: i32, day: i32): i32 {
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > <i32>load<u8>(daysOfMonths + month)) return NO_DAY
  if (month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))) return NO_DAY
  // Years begin in March, and 400 later, so that nothing is negative.
  const y = month > 2 ? year + 400 : year + 399
  const m = month > 2 ? month - 3 : month + 9
  return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468 - 146_097
}

/** The milliseconds of the day that `isMillis` read. */
let millisOfDay: i32 = 0

/** Returns whether `YYYY-MM-DDTHH:MM:SS.mmmZ"` stands at `at`, with digits in their places and a time of the day. */
function isMillis(at: usize): bool {
  // Positions 0 to 15 and 8 to 23, each against its lowest byte and how far it may be above.
  const first = i8x16.sub(v128.load(at), i8x16(48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 84, 48, 48, 58, 48, 48))
  const last = i8x16.sub(v128.load(at, 8), i8x16(48, 48, 84, 48, 48, 58, 48, 48, 58, 48, 48, 46, 48, 48, 48, 90))
  const above = v128.or(
    i8x16.gt_u(first, i8x16(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9)),
    i8x16.gt_u(last, i8x16(9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 9, 0)),
  )
  if (v128.any_true(above) || load<u8>(at, 24) != QUOTE) return false
  // Pairs of digits: hours, minutes, seconds, the first two of the milliseconds; then, behind a zero, the third one.
  const pairs = i8x16.shuffle(last, last, 3, 4, 6, 7, 9, 10, 12, 13, 2, 14, 2, 2, 2, 2, 2, 2)
  const numbers = i16x8.add(i16x8.mul(v128.and(pairs, i16x8.splat(0xff)), i16x8.splat(10)), i16x8.shr_u(pairs, 8))
  if (v128.any_true(i16x8.gt_s(numbers, i16x8(23, 59, 59, 99, 9, 0, 0, 0)))) return false
  const sums = i32x4.dot_i16x8_s(numbers, i16x8(60, 1, 1000, 10, 1, 0, 0, 0))
  millisOfDay = i32x4.extract_lane(sums, 0) * 60_000 + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2)
  return true
}

/** Reads ISO 8601 text with seconds and `Z` or an offset, as `instant()` accepts it. */
export function readInstant(field: usize, at: usize, row: u32): usize {
  if (load<u8>(at) != QUOTE) return UNSURE
  const target = load<usize>(field, VALUES) + ((<usize>row) << 3)
  if (!isMillis(at + 1)) return readOtherInstant(at, target, load<u32>(field, CUTS) != 0)
  const day = dayAt(at + 1)
  if (day == NO_DAY) return UNSURE
  store<i64>(target, <i64>day * DAY_MS + millisOfDay)
  return at + 26
}

/** Reads an instant with any number of digits behind the seconds, and any offset. */
function readOtherInstant(at: usize, target: usize, cuts: bool): usize {
  if (load<u8>(at, 5) != 0x2d || load<u8>(at, 8) != 0x2d || load<u8>(at, 11) != 0x54 || load<u8>(at, 14) != 0x3a || load<u8>(at, 17) != 0x3a)
    return UNSURE
  const day = dayAt(at + 1)
  const hours = two(at + 12)
  const minutes = two(at + 15)
  const seconds = two(at + 18)
  if (day == NO_DAY || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return UNSURE
  let i = at + 20
  let millis: i32 = 0
  if (load<u8>(i) == 0x2e) {
    const point = i
    let byte: u32 = load<u8>(++i)
    for (; isDigit(byte); byte = load<u8>(++i)) if (i - point <= 3) millis = millis * 10 + <i32>byte - 0x30
    const digits = <u32>(i - point) - 1
    // Where the engine rounds finer digits, `new Date` has to decide.
    if (digits == 0 || (digits > 3 && !cuts)) return UNSURE
    for (let k = digits; k < 3; k++) millis *= 10
  }
  let offset: i64 = 0
  const zone: u32 = load<u8>(i)
  if (zone == 0x5a) i++
  else if (zone == 0x2b || zone == 0x2d) {
    const hh = two(i + 1)
    const mm = two(i + 4)
    if (load<u8>(i, 3) != 0x3a || hh < 0 || hh > 23 || mm < 0 || mm > 59) return UNSURE
    offset = <i64>(hh * 60 + mm) * 60_000
    if (zone == 0x2d) offset = -offset
    i += 6
  } else return UNSURE
  if (load<u8>(i) != QUOTE) return UNSURE
  store<i64>(target, <i64>day * DAY_MS + <i64>((hours * 60 + minutes) * 60_000 + seconds * 1000 + millis) - offset)
  return i + 1
}

/** Reads `YYYY-MM-DD` as its day. */
export function readDate(field: usize, at: usize, row: u32): usize {
  if (load<u8>(at) != QUOTE || load<u8>(at, 5) != 0x2d || load<u8>(at, 8) != 0x2d || load<u8>(at, 11) != QUOTE) return UNSURE
  const day = dayAt(at + 1)
  if (day == NO_DAY) return UNSURE
  store<i32>(load<usize>(field, VALUES) + ((<usize>row) << 2), day)
  return at + 12
}
