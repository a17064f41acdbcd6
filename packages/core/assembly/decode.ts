import { space, UNSURE } from './bytes'
import { VALUES } from './field-block'
import { clearFull, isFull, readObject } from './object'

/** Longer messages are odd. */
const MAX_MESSAGE_BYTES: u32 = 1 << 28
/** A list had no room: nothing of the piece counts. */
const NO_ROOM: i32 = -1

/** Returns whether the event time of a row is no later than allowed; a message without a time of its own has NaN. */
function isInTime(time: usize, row: u32, timestamps: usize, message: u32, maxFuture: f64, latest: f64): bool {
  if (time == 0) return true
  const millis = <f64>load<i64>(load<usize>(time, VALUES) + 8 * row)
  if (millis > latest) return false
  return timestamps == 0 || !(millis - load<f64>(timestamps + 8 * message) > maxFuture)
}

/**
 * Decodes messages to rows, one behind the other. Returns how many, or -1 where a list had no room.
 *
 * The numbers of the messages that are not surely rows are written to `odd`; there are as many as rows are missing.
 */
export function decode(
  plan: usize,
  bytes: usize,
  starts: usize,
  ends: usize,
  count: u32,
  odd: usize,
  time: usize,
  timestamps: usize,
  maxFuture: f64,
  latest: f64,
): i32 {
  clearFull()
  let row: u32 = 0
  let before: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(starts + 4 * i)
    const length = load<i32>(ends + 4 * i) - <i32>start
    // A message that lies over another one would need more room than there are bytes.
    if (length > 0 && <u32>length <= MAX_MESSAGE_BYTES && start >= before) {
      before = start + length
      const end = bytes + before
      const at = readObject(plan, space(bytes + start), row)
      // What follows the message is no part of it: a row that was read beyond its end is none.
      const isRead = at != UNSURE && at <= end && (at == end || space(at) >= end)
      if (isRead && isInTime(time, row, timestamps, i, maxFuture, latest)) {
        row++
        continue
      }
      if (isFull) return NO_ROOM
    }
    store<u32>(odd, i)
    odd += 4
  }
  return row
}
