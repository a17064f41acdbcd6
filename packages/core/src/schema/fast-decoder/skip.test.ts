import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf } from './decoders.fixture.ts'
import { UNSURE } from './read.ts'
import { skipString, skipValue } from './skip.ts'

const skip = (text: string | Uint8Array) => {
  const bytes = bytesOf(text)
  return skipValue(bytes, new DataView(bytes.buffer), 0, bytes.length)
}

test('a JSON value ends at its last byte, whatever follows', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('', ',', '}', ' '), (value, after) => {
      const text = JSON.stringify(value)
      expect(skip(text + after)).toBe(bytesOf(text).length)
    }),
  )
})

test.each(['', '"', '"a', '"\\', '"\\x"', '"\\u00g0"', '"\n"', '[', '[1', '[1,]', '[,1]', '{"a"}', '{"a":}', '{a:1}', '{"a":1,}', 'tru', '-', '01'])(
  '%j is left to JSON.parse',
  (text) => {
    expect(skip(text)).toBe(UNSURE)
  },
)

test('bytes that are no UTF-8 are left to JSON.parse', () => {
  expect(skip(Uint8Array.of(0x22, 0xff, 0x22))).toBe(UNSURE)
})

test('values nested more than 32 deep are left to JSON.parse', () => {
  expect([skip('['.repeat(32) + ']'.repeat(32)), skip('['.repeat(40) + ']'.repeat(40))]).toEqual([64, UNSURE])
})

test('a plain string has no escapes', () => {
  const bytes = bytesOf('"a\\n"')
  expect([skipString(bytes, 0, bytes.length, false), skipString(bytes, 0, bytes.length, true)]).toEqual([5, UNSURE])
})
