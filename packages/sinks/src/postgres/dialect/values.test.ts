import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { columnOf } from './columns.ts'
import { elementOf } from './values.ts'

const field = (name: string) => Every.fields.find((one) => one.name === name) as (typeof Every.fields)[number]
const element = (name: string, value: unknown, type?: string) => {
  const column = columnOf(field(name), false, 'C')
  return elementOf(field(name), { ...column, type: type ?? column.type })(value)
}
const json = (value: unknown) => elementOf({ ...field('text'), kind: 'json' }, columnOf(field('text'), false, 'C'))(value)

test.each([
  ['2026-03-29T01:30:00.123Z', '"2026-03-29 01:30:00.123Z"'],
  ['0001-01-01T00:00:00.000Z', '"0001-01-01 00:00:00.000Z"'],
  ['0000-12-31T00:00:00.000Z', '"0001-12-31 00:00:00.000Z BC"'],
  ['-004712-01-01T00:00:00.000Z', '"4713-01-01 00:00:00.000Z BC"'],
  ['+275760-09-13T00:00:00.000Z', '"275760-09-13 00:00:00.000Z"'],
])('the instant %s is written as %s', (at, text) => {
  expect(element('at', new Date(at))).toBe(text)
})

test('an instant before the first one of the server, or none, is refused', () => {
  expect(() => element('at', new Date('-004713-12-31T23:59:59.999Z'))).toThrowError(/column "at" holds -004713.*4713 BC/)
  expect(() => element('at', new Date(Number.NaN))).toThrowError(/no time/)
})

test('quotes and backslashes are escaped, so that a value stays one element', () => {
  expect(element('text', 'a"b\\,{}')).toBe('"a\\"b\\\\,{}"')
  expect(element('text', 'NULL')).toBe('"NULL"')
})

test('numbers are exact, and those that are none are taken', () => {
  expect([0.1, -0, 5e-324, Number.NaN, Number.NEGATIVE_INFINITY].map((value) => element('real', value))).toEqual([
    '0.1',
    '-0',
    '5e-324',
    'NaN',
    '-Infinity',
  ])
})

test('U+0000 is refused in texts and in JSON, by the name of the column', () => {
  expect(() => element('text', 'a\0b')).toThrowError(
    expect.objectContaining({ code: 'ENCODER_FAILED', message: expect.stringMatching(/column "text".*U\+0000/) }),
  )
  expect(() => json({ a: ['\0'] })).toThrowError(/U\+0000 in its JSON/)
  expect(() => json({ '\\\0': 1 })).toThrowError(/U\+0000 in its JSON/)
  // The same letters as text.
  expect(json('\\u0000')).toBe('"\\"\\\\\\\\u0000\\""')
})

test('half of a pair of surrogates becomes U+FFFD in JSON, as in every UTF-8', () => {
  expect(JSON.parse(JSON.parse(json({ a: 'x\ud800', b: '😀' })))).toEqual({ a: 'x\ufffd', b: '😀' })
})

test('a text that is longer than its column is refused, spaces included, which the server would cut', () => {
  expect(element('text', '😀😀', 'character varying(2)')).toBe('"😀😀"')
  expect(() => element('text', 'ab ', 'character varying(2)')).toThrowError(/a text of 3 characters.*character varying\(2\)/)
})
