import { expect, test } from 'vitest'
import { anyTarget, type Target } from '../target.ts'
import { isWrapper, knownConvert } from './known.ts'

const target = (kind: Target['kind'], time: Target['time'] = 'iso'): Target => ({ path: 'c', kind, time, isRequired: true, ofNull: 'null' })
const converted = (name: string, value: unknown, to: Target) => knownConvert(name, to)?.(value as never)

test.each([
  ['iso', '2026-01-31T12:34:56.789Z'],
  ['s', 1_769_862_896.789],
  ['ms', 1_769_862_896_789],
  ['us', 1_769_862_896_789_000],
] as const)('a timestamp in a column whose messages have %s', (time, expected) => {
  expect(converted('.google.protobuf.Timestamp', { seconds: 1_769_862_896, nanos: 789_999_999 }, target('instant', time))).toBe(expected)
})

test('a timestamp beyond the times of a Date is invalid', () => {
  expect(() => converted('.google.protobuf.Timestamp', { seconds: 1e13, nanos: 0 }, target('instant'))).toThrow('beyond the times of a Date')
})

test.each([
  [{ seconds: 3, nanos: 0 }, '3s'],
  [{ seconds: 1, nanos: 500_000_000 }, '1.5s'],
  [{ seconds: 0, nanos: -1 }, '-0.000000001s'],
  [{ seconds: -2, nanos: -500_000_000 }, '-2.5s'],
])('the duration %j is %s', (value, text) => {
  expect(converted('.google.protobuf.Duration', value, target('string'))).toBe(text)
})

test('decimals and days', () => {
  expect(converted('.confluent.type.Decimal', { value: Uint8Array.of(255), scale: 2 }, target('decimal'))).toBe('-0.01')
  expect(() => converted('.confluent.type.Decimal', { value: Uint8Array.of(1), scale: -1 }, target('decimal'))).toThrow('a decimal of scale -1')
  expect(converted('.google.type.Date', { year: 2026, month: 1, day: 31 }, target('date'))).toBe('2026-01-31')
})

test('a value of any kind is JSON', () => {
  const list = { list_value: { values: [{ nullValue: 0 }, { bool_value: true }] } }
  const struct = { fields: { a: { numberValue: 1.5 }, b: { string_value: 'x' }, c: list } }
  expect(converted('.google.protobuf.Value', { structValue: struct }, target('json'))).toEqual({ a: 1.5, b: 'x', c: [null, true] })
  expect(converted('.google.protobuf.Struct', struct, target('json'))).toEqual({ a: 1.5, b: 'x', c: [null, true] })
  expect(converted('.google.protobuf.ListValue', list.list_value, anyTarget('c'))).toEqual([null, true])
  expect(() => converted('.google.protobuf.Value', { numberValue: Number.NaN }, target('json'))).toThrow('NaN is no finite number')
  expect(() => converted('.google.protobuf.Value', {}, target('json'))).toThrow('a google.protobuf.Value without a value')
})

test('columns of other kinds do not take them, and other messages are unknown', () => {
  const names = ['.google.protobuf.Timestamp', '.google.protobuf.Duration', '.confluent.type.Decimal', '.google.type.Date', '.google.protobuf.Value']
  expect(names.map((name) => knownConvert(name, target('boolean')))).toEqual(names.map(() => null))
  expect([knownConvert('.shop.Timestamp', target('instant')), knownConvert('toString', target('instant'))]).toEqual([undefined, undefined])
  expect(['.google.protobuf.UInt64Value', '.google.protobuf.StringValue', '.google.protobuf.Value'].map(isWrapper)).toEqual([true, true, false])
})
