import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextStore } from '../../store/stores.ts'
import { bytesOf } from './decoders.fixture.ts'
import { UNSURE } from './read.ts'
import { ruledTextReader, textReader } from './text.ts'

const unlimited = { min: 0, max: Number.POSITIVE_INFINITY, patterns: [] }
const textOf = (store: TextStore) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(store.bytes.subarray(0, store.offsets[1]))

test('any text that JSON writes is copied as it was', () => {
  const store = new TextStore()
  const read = textReader(store)
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary-ascii', maxLength: 100 }), fc.constant('long '.repeat(300)))
  fc.assert(
    fc.property(texts, (text) => {
      const bytes = bytesOf(JSON.stringify(text))
      expect(read(bytes, new DataView(bytes.buffer), 0, bytes.length, 0)).toBe(bytes.length)
      expect(textOf(store)).toBe(text)
    }),
  )
})

test('every escape is read, and halves of surrogate pairs are left to JSON.parse', () => {
  const store = new TextStore()
  const read = (text: string) => {
    const bytes = bytesOf(text)
    return textReader(store)(bytes, new DataView(bytes.buffer), 0, bytes.length, 0)
  }
  expect(read('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC"')).toBe(30)
  expect(textOf(store)).toBe('"\\/\b\f\n\r\té€')
  for (const text of ['"\\ud83d"', '"\\ude00\\ud83d"', '"\\x"', '"\\u12"', '"a', '"\n"', 'a']) expect(read(text)).toBe(UNSURE)
})

const accepts = (rule: Parameters<typeof ruledTextReader>[1], text: string) => {
  const store = new TextStore()
  store.reserve(1)
  const bytes = bytesOf(JSON.stringify(text))
  return ruledTextReader(store, rule)(bytes, new DataView(bytes.buffer), 0, bytes.length, 0) !== UNSURE
}

test('lengths have to fit as code points and as UTF-16 units', () => {
  const rule = { ...unlimited, min: 3, max: 4 }
  expect(['abc', 'éééé', '😱éé'].map((text) => accepts(rule, text))).toEqual([true, true, true])
  expect(['ab', 'abcde', '😱é', '😱😱😱'].map((text) => accepts(rule, text))).toEqual([false, false, false, false])
})

test('every pattern has to match, one with a flag g from its beginning too', () => {
  const global = /b+/g
  const rule = { ...unlimited, patterns: [global, /a$/] }
  expect([accepts(rule, 'abba'), accepts(rule, 'abba'), accepts(rule, 'abb'), accepts(rule, 'a')]).toEqual([true, true, false, false])
})

test('a fixed form is checked while it is copied', () => {
  const rule = { ...unlimited, patterns: [/^CLIENT_[1-9]\d{3}$/] }
  expect(['CLIENT_1000', 'CLIENT_0000', 'CLIENT_10000', 'client_1000', 'CLIENT_100é'].map((text) => accepts(rule, text))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
})
