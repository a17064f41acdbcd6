import { describe, expect, test } from 'vitest'
import type { Target } from '../target.ts'
import { copied, encoded, targetOf } from './types.fixture.ts'

const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more })
const long = (value: bigint) => {
  // Zigzag, then seven bits a byte.
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  const bytes: number[] = []
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Uint8Array.from([...bytes, Number(rest)])
}

const ms = Date.UTC(2026, 0, 31, 12, 34, 56, 789)

describe.each<[string, unknown, unknown, Partial<Record<Target['kind'], string>>]>([
  ['a string', 'string', 'é"\n', { string: '"é\\"\\u000a"', enum: '"é\\"\\u000a"', json: '"é\\"\\u000a"' }],
  ['an int', 'int', -5, { integer: '-5', int32: '-5', number: '-5', decimal: '-5', string: '"-5"', json: '-5' }],
  ['a long', 'long', 2 ** 40, { integer: '1099511627776', decimal: '1099511627776', string: '"1099511627776"' }],
  ['a float', 'float', 0.5, { number: '0.5', json: '0.5' }],
  ['a double', 'double', 1e300, { number: '1e+300' }],
  ['a boolean', 'boolean', true, { boolean: 'true' }],
  ['bytes', 'bytes', Buffer.from([1, 2]), { bytes: '"AQI="', json: '"AQI="' }],
  ['a fixed', { type: 'fixed', name: 'F', size: 2 }, Buffer.from([1, 2]), { bytes: '"AQI="' }],
  ['a timestamp in milliseconds', logical('long', 'timestamp-millis'), ms, { instant: '"2026-01-31T12:34:56.789Z"', integer: String(ms) }],
  ['a timestamp in microseconds', logical('long', 'timestamp-micros'), ms * 1000 + 999, { instant: '"2026-01-31T12:34:56.789Z"' }],
  ['a date', logical('int', 'date'), 20_484, { date: '"2026-01-31"', integer: '20484' }],
  ['a decimal', logical('bytes', 'decimal', { precision: 9, scale: 2 }), Buffer.from([0xff, 0x38]), { decimal: '"-2.00"', json: '"-2.00"' }],
  [
    'a decimal in a fixed',
    { type: 'fixed', name: 'D', size: 4, logicalType: 'decimal', precision: 9, scale: 3 },
    Buffer.from([0, 0, 0, 7]),
    { decimal: '"0.007"' },
  ],
  [
    'a UUID in a fixed',
    { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' },
    Buffer.from('0123456789abcdef0123456789abcdef', 'hex'),
    { string: '"01234567-89ab-cdef-0123-456789abcdef"' },
  ],
  ['text that is JSON', logical('string', 'json'), '{"a":[1]}', { json: '{"a":[1]}', string: '"{\\"a\\":[1]}"' }],
  ['a decimal without a precision', logical('bytes', 'decimal'), Buffer.from([1]), { bytes: '"AQ=="' }],
])('%s', (_, schema, value, expected) => {
  test.each(Object.entries(expected))('in a column of kind %s', (kind, text) => {
    const time = kind === 'instant' ? ({ time: 'iso' } as const) : {}
    expect(copied(schema, encoded(schema, value), targetOf(kind as Target['kind'], time))).toBe(text)
  })
})

test.each<[string, unknown, Target['kind'], Partial<Target>]>([
  ['a long', 'long', 'boolean', {}],
  ['a long', 'long', 'date', {}],
  ['a double', 'double', 'integer', {}],
  ['a double', 'double', 'decimal', {}],
  ['a string', 'string', 'integer', {}],
  ['a string', 'string', 'instant', { time: 'ms' }],
  ['a timestamp', logical('long', 'timestamp-millis'), 'string', {}],
  ['a timestamp', logical('long', 'timestamp-millis'), 'instant', { time: 'own' }],
  ['a decimal', logical('bytes', 'decimal', { precision: 9 }), 'number', {}],
  ['bytes', 'bytes', 'string', {}],
])('%s is refused by a column of kind %3$s', (_, schema, kind, more) => {
  expect(() => copied(schema, new Uint8Array(0), targetOf(kind, more))).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }))
})

test('a long beyond 2^53 is exact as text and as a decimal, and invalid as a number', () => {
  const value = 2n ** 53n + 1n
  expect(copied('long', long(value), targetOf('string'))).toBe('"9007199254740993"')
  expect(copied('long', long(value), targetOf('decimal'))).toBe('9007199254740993')
  for (const kind of ['integer', 'number', 'json', 'any'] as const)
    expect(() => copied('long', long(value), targetOf(kind))).toThrow(/c: 9007199254740993 is beyond 2\^53/)
})

test.each([
  ['s', '1769862896.789'],
  ['ms', '1769862896789'],
  ['us', '1769862896789000'],
] as const)('a timestamp in a column of instant({ epoch: %j })', (time, text) => {
  expect(copied(logical('long', 'timestamp-millis'), long(BigInt(ms)), targetOf('instant', { time }))).toBe(text)
})

test('a timestamp in nanoseconds is cut to milliseconds, towards the past', () => {
  const nanos = logical('long', 'timestamp-nanos')
  expect(copied(nanos, long(BigInt(ms) * 1_000_000n + 999_999n), targetOf('instant', { time: 'iso' }))).toBe('"2026-01-31T12:34:56.789Z"')
  expect(copied(nanos, long(-1n), targetOf('instant', { time: 'iso' }))).toBe('"1969-12-31T23:59:59.999Z"')
})

test('a long without a unit is an instant only where the column says which', () => {
  expect(copied('long', long(5n), targetOf('instant', { time: 'ms' }))).toBe('5')
  expect(() => copied('long', long(5n), targetOf('instant', { time: 'iso' }))).toThrow(/use instant\(\{ epoch: 'ms' \}\)/)
})

test('a local timestamp is no instant', () => {
  expect(() => copied(logical('long', 'local-timestamp-millis'), long(5n), targetOf('instant', { time: 'iso' }))).toThrow(/no time zone/)
})

test('NaN and infinities are invalid', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => copied('double', encoded('double', value), targetOf('number'))).toThrow('c: ')
})

test('a null is left out where the column is optional', () => {
  expect([copied('null', new Uint8Array(0), targetOf('string', { ofNull: 'omit' })), copied('null', new Uint8Array(0), targetOf('string'))]).toEqual([
    'omitted',
    'null',
  ])
})

test('text that says it is JSON and is none is invalid', () => {
  const schema = logical('string', 'json')
  for (const text of ['{"a":1},"b":2', '']) expect(() => copied(schema, encoded(schema, text), targetOf('json'))).toThrow('c: not JSON')
})
