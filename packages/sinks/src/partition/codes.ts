import { type Batch, type Field, TicketsError } from '@tickets/core'
import { valueReader } from '@tickets/core/arrow'
import { TextCodes } from '@tickets/core/internal'
import { hashAt } from './bucket-hash.ts'
import { bitAt, type ColumnData, columnAt, numberAt, validAt } from './column.ts'
import { calendar, dayIn, isoDay } from './days.ts'
import { partitionSegment } from './hive.ts'
import type { BucketPartition, TimePartition } from './partition-by.ts'

/** Which of a few paths each row belongs to. */
export interface Codes {
  readonly codes: Int32Array
  readonly paths: readonly string[]
}

/** Counts the different values that a range has so far; throws when there are too many. */
export type Bound = (distinct: number) => void

/** The longest name that a folder can have on Linux, in bytes. */
const LONGEST = 255

/** Returns the name of a folder. Throws `SINK_FAILED` for a name that no file system takes. */
export function segment(name: string, value: string | null, tellsEmpty = false): string {
  const text = partitionSegment(name, value, tellsEmpty)
  if (Buffer.byteLength(text) <= LONGEST) return text
  throw new TicketsError(
    'SINK_FAILED',
    `a value of "${name}" is too long for the name of a folder (${Buffer.byteLength(text)} bytes, ${LONGEST} at most): ${JSON.stringify(`${value?.slice(0, 60)}…`)}. Cut it with mapRows, or bound it in the schema (z.string().max(60)) so that such messages go to deadLetters, and run again`,
  )
}

/** Numbers the keys of rows by first appearance; rows without a value get the code of null. */
function numberKeys(
  data: ColumnData,
  length: number,
  keyAt: (row: number) => number,
  toPath: (key: number) => string,
  none: string,
  bound: Bound,
): Codes {
  const valid = validAt(data)
  const codes = new Int32Array(length)
  const known = new Map<number | null, number>()
  const paths: string[] = []
  let [lastKey, lastCode]: [number | null | undefined, number] = [undefined, 0]
  for (let row = 0; row < length; row++) {
    const key = valid(row) ? keyAt(row) : null
    if (key !== lastKey) {
      let code = known.get(key)
      if (code === undefined) {
        code = paths.push(key === null ? none : toPath(key)) - 1
        known.set(key, code)
        bound(paths.length)
      }
      lastKey = key
      lastCode = code
    }
    codes[row] = lastCode
  }
  return { codes, paths }
}

/**
 * Numbers texts by their first appearance. It compares bytes in place, so that a row needs no string.
 *
 * Returns a code for each row, -1 for null; `firsts` holds the row in which each text came first.
 */
export function numberTexts(data: ColumnData, length: number, onNew: (distinct: number) => void): { codes: Int32Array; firsts: number[] } {
  const offsets = data.valueOffsets as Int32Array
  const bytes = data.values as Uint8Array
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const valid = validAt(data)
  const texts = new TextCodes()
  const codes = new Int32Array(length).fill(-1)
  const firsts: number[] = []
  for (let row = 0; row < length; row++) {
    if (!valid(row)) continue
    codes[row] = texts.codeOf(bytes, offsets[row] as number, offsets[row + 1] as number, view)
    if (texts.size > firsts.length) onNew(firsts.push(row))
  }
  return { codes, firsts }
}

function textCodes(field: Field, data: ColumnData, length: number, bound: Bound, tellsEmpty: boolean): Codes {
  const { codes, firsts } = numberTexts(data, length, bound)
  const read = valueReader(field, data)
  const paths = firsts.map((row) => segment(field.name, read(row) as string, tellsEmpty))
  const none = paths.push(segment(field.name, null)) - 1
  for (let row = 0; row < length; row++) if (codes[row] === -1) codes[row] = none
  return { codes, paths }
}

/** The codes of a few known members; null comes after them. */
function memberCodes(field: Field, data: ColumnData, length: number, tellsEmpty: boolean): Codes {
  const members = field.kind === 'boolean' ? ['false', 'true'] : field.values
  const bit = field.kind === 'boolean' ? bitAt(data) : null
  const values = data.values as Int8Array
  const valid = validAt(data)
  const codes = new Int32Array(length)
  for (let row = 0; row < length; row++) codes[row] = !valid(row) ? members.length : bit ? Number(bit(row)) : (values[row] as number)
  return { codes, paths: [...members, null].map((member) => segment(field.name, member, tellsEmpty)) }
}

/** Returns the folder of each row of a batch as a code, by the values of a column. `tellsEmpty`: the empty text is not null. */
export function columnCodes(
  batch: Batch<unknown>,
  at: number | readonly number[],
  bound: Bound,
  field = batch.schema.fields[at as number] as Field,
  tellsEmpty = false,
): Codes {
  const data = columnAt(batch, at)
  switch (field.kind) {
    case 'string':
      return textCodes(field, data, batch.length, bound, tellsEmpty)
    case 'enum':
    case 'boolean':
      return memberCodes(field, data, batch.length, tellsEmpty)
    default:
      return numberKeys(
        data,
        batch.length,
        numberAt(data),
        (key) => segment(field.name, field.kind === 'date' ? isoDay(key) : String(key)),
        segment(field.name, null),
        bound,
      )
  }
}

/** Returns the folder of a day; `day` is null for rows without an instant. */
export function dayPath({ as, by, pad }: TimePartition, day: number | null): string {
  if (day === null) return as.map((name) => segment(name, null)).join('/')
  if (by === 'date') return segment(as[0] as string, isoDay(day))
  const date = calendar(day)
  const text = (value: number) => (pad ? String(value).padStart(2, '0') : String(value))
  return [date.year, date.month, date.day].map((value, i) => segment(as[i] as string, i === 0 ? String(value) : text(value))).join('/')
}

/** Returns the folder of each row of a batch as a code, by the day of an instant. */
export function dayCodes(batch: Batch<unknown>, at: number | readonly number[], by: TimePartition, bound: Bound): Codes {
  const data = columnAt(batch, at)
  const [value, toDay] = [numberAt(data), dayIn(by.timeZone)]
  return numberKeys(
    data,
    batch.length,
    (row) => toDay(value(row)),
    (day) => dayPath(by, day),
    dayPath(by, null),
    bound,
  )
}

/** Returns the folder of each row of a batch as a code, by the bucket of a value. */
export function bucketCodes(batch: Batch<unknown>, at: readonly number[], field: Field, { as: [name], count }: BucketPartition, bound: Bound): Codes {
  const data = columnAt(batch, at)
  const hash = hashAt(field, data)
  return numberKeys(
    data,
    batch.length,
    (row) => (hash(row) & 0x7fffffff) % count,
    (bucket) => segment(name, String(bucket)),
    segment(name, null),
    bound,
  )
}
