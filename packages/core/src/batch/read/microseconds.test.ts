import {
  Field,
  List,
  makeData,
  makeVector,
  Table,
  TimestampMicrosecond,
  TimestampNanosecond,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow'
import { expect, test } from 'vitest'
import { hasNanoseconds, toMicroseconds } from './microseconds.ts'

const nanos = (values: bigint[], nullBitmap: Uint8Array | null = null) =>
  makeVector(
    makeData({
      type: new TimestampNanosecond(),
      length: values.length,
      nullCount: nullBitmap ? 1 : 0,
      nullBitmap,
      data: BigInt64Array.from(values),
    } as never),
  )
const ipc = (columns: object) => tableToIPC(new Table(columns as never))

test('instants in nanoseconds become microseconds in UTC, and all else stays', () => {
  const bytes = ipc({ at: nanos([-1000n, 7n, 2000n], Uint8Array.of(0b101)), n: vectorFromArray([1.5, null, 3]) })
  expect(hasNanoseconds(bytes)).toBe(true)
  const found = tableFromIPC(toMicroseconds(bytes))
  expect(found.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual(['at Timestamp<MICROSECOND, UTC>', 'n Float64'])
  const data = found.getChild('at')?.data[0]
  expect([data?.values[0], data?.getValid(1), data?.values[2], found.getChild('n')?.toArray()[0]]).toEqual([-1n, false, 2n, 1.5])
  expect(hasNanoseconds(ipc({ at: vectorFromArray([1], new TimestampMicrosecond('UTC')) }))).toBe(false)
})

test('an instant that nanoseconds cannot hold is found, however often its number went around', () => {
  const micros = [-62_135_596_800_000_000n, 253_402_300_799_999_999n, 32_503_680_000_000_000n]
  for (const one of micros)
    expect(() => toMicroseconds(ipc({ at: nanos([BigInt.asIntN(64, one * 1000n)]) }))).toThrow(/column "at" has an instant before 1677/)
})

test('instants in nanoseconds inside of a nested column are refused', () => {
  const bytes = ipc({ nested: vectorFromArray([[1]], new List(new Field('element', new TimestampNanosecond()))) })
  expect(hasNanoseconds(bytes)).toBe(true)
  expect(() => toMicroseconds(bytes)).toThrow(/column "nested" has instants in nanoseconds inside of it/)
})
