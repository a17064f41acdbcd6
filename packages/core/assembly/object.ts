import { COLON, COMMA, putBit, QUOTE, space, startsWith, UNSURE } from './bytes'
import { readDecimal } from './decimal'
import * as block from './field-block'
import { readDate, readInstant } from './instant'
import { findName, nameEnd } from './names'
import { readDouble, readEpoch, readInt32, readInt64 } from './number'
import { ALSE, NULL, skipString, skipValue, TRUE } from './skip'
import { readText } from './text'

/** `"__proto__"` without its last three bytes, which are the quote and what is before it. */
const PROTO_START: u64 = 0x6f746f72705f5f22
const PROTO_END: u32 = 0x22_5f_5f_6f

/** A list has more elements than its column has room for. */
export let isFull: bool = false

export function clearFull(): void {
  isFull = false
}

function readBoolean(field: usize, at: usize, row: u32): usize {
  const values = load<usize>(field, block.VALUES)
  if (load<u32>(at) == TRUE) {
    putBit(values, row, true)
    return at + 4
  }
  if (load<u8>(at) != 0x66 || load<u32>(at, 1) != ALSE) return UNSURE
  putBit(values, row, false)
  return at + 5
}

/** Reads one of the names of an enum as its number. */
function readMember(field: usize, at: usize, row: usize, kind: u32): usize {
  const code = findName(load<usize>(field, block.MEMBERS), at)
  if (code < 0) return UNSURE
  const values = load<usize>(field, block.VALUES)
  if (kind == block.ENUM_8) store<i8>(values + row, code)
  else if (kind == block.ENUM_16) store<i16>(values + (row << 1), code)
  else store<i32>(values + (row << 2), code)
  return nameEnd
}

/** Reads an array. Its elements are written behind those of the row before. */
function readList(field: usize, at: usize, row: u32): usize {
  if (load<u8>(at) != 0x5b) return UNSURE
  const element = load<usize>(field, block.ELEMENT)
  const room = load<u32>(field, block.ROOM)
  const offsets = load<usize>(field, block.OFFSETS) + ((<usize>row) << 2)
  const from = load<u32>(offsets)
  let to = from
  at = space(at + 1)
  if (load<u8>(at) == 0x5d) at++
  else
    while (true) {
      if (to == room) {
        isFull = true
        return UNSURE
      }
      at = readField(element, at, to++)
      if (at == UNSURE) return UNSURE
      at = space(at)
      const byte: u32 = load<u8>(at++)
      if (byte == 0x5d) break
      if (byte != COMMA) return UNSURE
      at = space(at)
    }
  if (to - from < load<u32>(field, block.MIN_ELEMENTS) || to - from > load<u32>(field, block.MAX_ELEMENTS)) return UNSURE
  store<u32>(offsets, to, 4)
  return at
}

/** Reads a value into row `row` of its column. */
export function readField(field: usize, at: usize, row: u32): usize {
  const valid = load<usize>(field, block.VALID)
  if (valid != 0) {
    if (load<u32>(at) == NULL && load<u32>(field, block.NULLABLE) != 0) {
      miss(field, row)
      return at + 4
    }
    putBit(valid, row, true)
  }
  const kind = load<u32>(field, block.KIND)
  switch (kind) {
    case block.TEXT:
      return readText(field, at, row)
    case block.DOUBLE:
      return readDouble(field, at, row)
    case block.INT32:
      return readInt32(field, at, row)
    case block.INT64:
      return readInt64(field, at, row)
    case block.INSTANT:
      return readInstant(field, at, row)
    case block.EPOCH:
      return readEpoch(field, at, row)
    case block.DATE:
      return readDate(field, at, row)
    case block.DECIMAL_128:
      return readDecimal(field, at, row)
    case block.BOOLEAN:
      return readBoolean(field, at, row)
    case block.OBJECT:
      return readObject(load<usize>(field, block.PLAN), at, row)
    case block.LIST:
      return readList(field, at, row)
    default:
      return readMember(field, at, row, kind)
  }
}

/** Writes that a row has no value, always as the same bytes. */
function miss(field: usize, row: usize): void {
  const valid = load<usize>(field, block.VALID)
  if (valid != 0) putBit(valid, <u32>row, false)
  const values = load<usize>(field, block.VALUES)
  switch (load<u32>(field, block.KIND)) {
    case block.TEXT:
    case block.LIST: {
      const offsets = load<usize>(field, block.OFFSETS) + (row << 2)
      store<u32>(offsets, load<u32>(offsets), 4)
      return
    }
    case block.OBJECT: {
      const plan = load<usize>(field, block.PLAN)
      const fields = load<usize>(plan, block.FIELDS)
      const end = fields + block.FIELD_BYTES * load<u32>(plan, block.COUNT)
      for (let child = fields; child < end; child += block.FIELD_BYTES) miss(child, row)
      return
    }
    case block.BOOLEAN:
      putBit(values, <u32>row, false)
      return
    case block.DECIMAL_128:
      store<i64>(values + (row << 4), 0)
      store<i64>(values + (row << 4), 0, 8)
      return
    case block.ENUM_8:
      store<i8>(values + row, 0)
      return
    case block.ENUM_16:
      store<i16>(values + (row << 1), 0)
      return
    case block.INT32:
    case block.DATE:
    case block.ENUM_32:
      store<i32>(values + (row << 2), 0)
      return
    default:
      store<i64>(values + (row << 3), 0)
  }
}

/** Returns where the value of an unknown key ends. */
function skipUnknown(plan: usize, at: usize): usize {
  if (load<u32>(plan, block.STRICT) != 0) return UNSURE
  if (load<u64>(at) == PROTO_START && load<u32>(at, 7) == PROTO_END) return UNSURE
  at = skipString(at, true)
  if (at == UNSURE) return UNSURE
  at = space(at)
  if (load<u8>(at) != COLON) return UNSURE
  return skipValue(space(at + 1), 0)
}

/** Writes the fields that the object does not have as absent. Returns false where one is required. */
function complete(fields: usize, end: usize, begun: u64, row: u32): bool {
  for (let field = fields; field < end; field += block.FIELD_BYTES) {
    if (load<u64>(field, block.SEEN) == begun) continue
    if (load<u32>(field, block.MAY_MISS) == 0) return false
    miss(field, row)
  }
  return true
}

/** Reads an object into row `row` of the columns of its plan. */
export function readObject(plan: usize, at: usize, row: u32): usize {
  if (load<u8>(at) != 0x7b) return UNSURE
  const count = load<u32>(plan, block.COUNT)
  const fields = load<usize>(plan, block.FIELDS)
  const end = fields + block.FIELD_BYTES * count
  const begun = load<u64>(plan, block.BEGUN) + 1
  store<u64>(plan, begun, block.BEGUN)
  let found: u32 = 0
  let expected = fields
  at = space(at + 1)
  if (load<u8>(at) == 0x7d) at++
  else
    while (true) {
      let field = expected
      let next: usize = 0
      if (field < end && startsWith(at, load<usize>(field, block.KEY), load<u32>(field, block.KEY_LENGTH)))
        next = at + load<u32>(field, block.KEY_LENGTH)
      else {
        const index = findName(load<usize>(plan, block.NAMES), at)
        if (index >= 0) {
          field = fields + block.FIELD_BYTES * index
          next = space(nameEnd)
          if (load<u8>(next++) != COLON) return UNSURE
        }
      }
      if (next == 0) at = skipUnknown(plan, at)
      else {
        // Of a key that stands twice the last value counts, as for JSON.parse.
        if (load<u64>(field, block.SEEN) != begun) {
          store<u64>(field, begun, block.SEEN)
          found++
        }
        expected = field + block.FIELD_BYTES
        at = readField(field, space(next), row)
      }
      if (at == UNSURE) return UNSURE
      at = space(at)
      const byte: u32 = load<u8>(at++)
      if (byte == 0x7d) break
      if (byte != COMMA) return UNSURE
      at = space(at)
    }
  return found == count || complete(fields, end, begun, row) ? at : UNSURE
}
