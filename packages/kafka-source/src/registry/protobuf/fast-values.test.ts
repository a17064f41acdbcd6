import { expect, test } from 'vitest'
import { JsonOut } from '../json-out.ts'
import type { Target } from '../target.ts'
import { type FastValue, fastScalar, fastTimestamp } from './fast-values.ts'
import { WireCursor } from './wire.ts'

const target = (kind: Target['kind'], time?: Target['time']): Target => ({ path: 'c', kind, isRequired: true, ofNull: 'null', ...(time && { time }) })

function copied(value: FastValue | null, ...bytes: number[]): string | undefined {
  const [cursor, out] = [new WireCursor(), new JsonOut()]
  cursor.open(Uint8Array.from(bytes))
  return value?.copy(cursor, out) ? Buffer.from(out.bytes.subarray(0, out.length)).toString() : undefined
}

test.each<[string, Target['kind'], number[], string | undefined]>([
  ['string', 'string', [2, 104, 34], '"h\\""'],
  ['string', 'string', [3, 104], undefined],
  ['bytes', 'bytes', [2, 1, 2], '"AQI="'],
  ['bool', 'boolean', [1], 'true'],
  ['bool', 'boolean', [2], undefined],
  ['int32', 'integer', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], '-1'],
  ['uint32', 'integer', [0xff, 0xff, 0xff, 0xff, 15], '4294967295'],
  ['sint32', 'integer', [3], '-2'],
  ['sint64', 'integer', [3], '-2'],
  ['int64', 'decimal', [5], '"5"'],
  ['int64', 'integer', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], undefined],
  ['double', 'number', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], '1.5'],
  ['double', 'number', [0, 0, 0, 0, 0, 0, 0xf0, 0x7f], undefined],
  ['float', 'number', [0, 0, 0xc0, 0x3f], '1.5'],
])('%s in a column of kind %s: %j', (type, kind, bytes, expected) => {
  expect(copied(fastScalar(type, target(kind)), ...bytes)).toBe(expected)
})

test.each([
  ['iso', '"1970-01-01T00:00:05.250Z"'],
  ['s', '5.25'],
  ['ms', '5250'],
  ['us', '5250000'],
] as const)('a timestamp in a column whose messages have %s', (time, expected) => {
  expect(copied(fastTimestamp(target('instant', time)), 7, 8, 5, 16, 0x80, 0xe5, 0x9a, 0x77)).toBe(expected)
})

test('a timestamp with other fields is left to protobufjs', () => {
  expect(copied(fastTimestamp(target('instant')), 2, 24, 1)).toBe(undefined)
})
