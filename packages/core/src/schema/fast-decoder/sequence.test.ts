import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { TextStore } from '../../store/stores.ts'
import { bytesOf } from './decoders.fixture.ts'
import { sequencesOf } from './sequence.ts'
import { ruledTextReader } from './text.ts'

const patterns = [
  /^CLIENT_[1-9]\d{3}$/,
  /^[A-Z]{2}-\d\d\w{3}$/,
  /^(?:ab[c-e]d|\d{4}|[x\-z]{5})$/,
  /^[\w.-]{4}$/u,
  /^a\/b\.[)|(\]]$/,
  /^[a-c-]{7}$/g,
  /^[acegik]{4}$/,
]

test.each(patterns)('%s takes by its sequences only what it takes itself', (pattern) => {
  const store = new TextStore()
  store.reserve(1)
  expect(sequencesOf(pattern).length).toBeGreaterThan(0)
  const read = ruledTextReader(store, { min: 0, max: Number.POSITIVE_INFINITY, patterns: [pattern] })
  const accepted = { yes: 0, no: 0 }
  const check = (text: string) => {
    pattern.lastIndex = 0
    const expected = pattern.test(text)
    const bytes = bytesOf(JSON.stringify(text))
    expect(read(bytes, new DataView(bytes.buffer), 0, bytes.length, 0) >= 0).toBe(expected)
    accepted[expected ? 'yes' : 'no']++
  }
  const near = fc.tuple(fc.stringMatching(pattern), fc.nat(), fc.integer({ min: 0x20, max: 0x7e })).map(([text, at, code]) => {
    const i = at % (text.length + 1)
    return text.slice(0, i) + (code % 3 ? String.fromCharCode(code) : '') + text.slice(i + 1)
  })
  fc.assert(fc.property(fc.oneof(near, fc.stringMatching(pattern), fc.string({ minLength: 4, maxLength: 12 })), check), { numRuns: 2000 })
  expect(Math.min(accepted.yes, accepted.no)).toBeGreaterThan(0)
})

test('what is no fixed sequence, or not anchored on both sides, has none', () => {
  const others = [
    /^a+bcd$/,
    /abcd$/,
    /^abcd/,
    /^abcd\$/,
    /^abc|bcde$/,
    /^abcd?$/,
    /^[^a]{4}$/,
    /^(abcd)+$/,
    /^(?=abcd)$/,
    /^abcd$/i,
    /^abcd$/m,
    /^abcd$/y,
    /^ab.d$/,
    /^abc{2,4}d$/,
    /^\bcdef$/,
    /^[\d-z]{4}$/,
  ]
  for (const pattern of [...others, /^abc\s$/, /^éabc$/, /^[é]{4}$/, /^ab$/, /^\u0061bcd$/, /^((ab)cd)$/, /^[a-é]{4}$/])
    expect(sequencesOf(pattern), String(pattern)).toEqual([])
})

test('a uuid is read by its sequences', () => {
  const { pattern } = z.uuid()._zod.def as unknown as { pattern: RegExp }
  expect(sequencesOf(pattern).map((sequence) => sequence.length)).toEqual([36, 36, 36])
})
