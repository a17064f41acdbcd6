import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf } from './decoders.fixture.ts'
import { countText, escapeAt, escapeLength, putChar, sequenceAt } from './utf8.ts'

test('a sequence is valid exactly where a strict decoder takes it', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const isValid = (bytes: Uint8Array) => {
    try {
      strict.decode(bytes)
      return true
    } catch {
      return false
    }
  }
  const tail = fc.oneof(fc.integer({ min: 0x80, max: 0xbf }), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.integer({ min: 0x80, max: 0xff }), fc.array(tail, { minLength: 3, maxLength: 3 }), (lead, rest) => {
      const bytes = Uint8Array.of(lead, ...rest)
      const length = sequenceAt(bytes, 0, bytes.length)
      const valid = [2, 3, 4].filter((n) => isValid(bytes.subarray(0, n)) && [...strict.decode(bytes.subarray(0, n))].length === 1)
      expect(length).toBe(valid[0] ?? 0)
      if (length > 0) expect(sequenceAt(bytes, 0, length - 1)).toBe(0)
    }),
    { numRuns: 5000 },
  )
})

test('code points and UTF-16 units are counted as strings have them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = bytesOf(text)
      expect(countText(bytes, 0, bytes.length)).toEqual({ points: [...text].length, units: text.length })
    }),
  )
})

test('escapes are read as JSON.parse reads them, pairs of surrogates as one character, and half of one never', () => {
  const pairs = ['\\ud83d\\ude31', '\\uD800\\uDC00', '\\udbff\\udfff']
  for (const text of [...pairs, '\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0041', '\\u00e9', '\\uFFFD']) {
    const character = JSON.parse(`"${text}"`).codePointAt(0)
    expect(escapeAt(bytesOf(text), 0, text.length)).toBe(character)
    expect(escapeLength(bytesOf(text), 0, character)).toBe(text.length)
  }
  for (const text of [
    '\\',
    '\\x',
    '\\u',
    '\\u00',
    '\\u00g0',
    '\\ud800',
    '\\udfff',
    '\\ud83d\\u0041',
    '\\ud83d\\ud83d',
    '\\ude31\\ud83d',
    '\\ud83d/ude31',
    '\\ud83d\\ude3',
  ])
    expect(escapeAt(bytesOf(text), 0, text.length)).toBe(-1)
})

test('a character is written as UTF-8', () => {
  for (const char of ['a', '\u007f', '\u0080', 'é', '\u07ff', '\u0800', '\uffff', '\u{10000}', '😱', '\u{10ffff}']) {
    const out = new Uint8Array(4)
    const end = putChar(out, 0, char.codePointAt(0) as number)
    expect([...out.subarray(0, end)]).toEqual([...bytesOf(char)])
  }
})
