import { expect, test } from 'vitest'
import { type GivenCodes, GivenTexts, giveCodes, givenCodes, passCodes } from './given-codes.ts'

const encoder = new TextEncoder()

function textsOf(...parts: readonly (readonly string[])[]): GivenTexts {
  const texts = new GivenTexts()
  for (const part of parts) {
    const ends = [0]
    for (const text of part) ends.push((ends.at(-1) as number) + encoder.encode(text).length)
    texts.append(Int32Array.from(ends), encoder.encode(part.join('')))
  }
  return texts
}
const read = ({ size, ends, bytes }: GivenTexts) =>
  Array.from({ length: size }, (_, i) => Buffer.from(bytes.subarray(ends[i], ends[i + 1])).toString())

test('texts come in parts, and keep their numbers', () => {
  const many = Array.from({ length: 1000 }, (_, i) => `été ${i}`)
  expect(read(textsOf([], ['a', ''], many, [], ['b']))).toEqual(['a', '', ...many, 'b'])
})

test('each owner of codes has a table, which grows with the texts and keeps its codes', () => {
  const texts = textsOf(['a', 'b'])
  const [one, two] = [{}, {}]
  const table = texts.codesFor(one)
  table[1] = 7
  expect([table[0], texts.codesFor(two)[1]]).toEqual([-1, -1])
  texts.append(
    Int32Array.from({ length: 1001 }, (_, i) => i),
    new Uint8Array(1000),
  )
  const grown = texts.codesFor(one)
  expect([grown.length >= 1002, grown[1], grown[1001]]).toEqual([true, 7, -1])
  expect(texts.codesFor(one)).toBe(grown)
})

test('rows that are taken from a column keep their numbers, and whom to ask for more', () => {
  const [whole, part, other, none] = [{}, {}, {}, {}]
  const codes: GivenCodes = { request: { isWanted: false }, numbered: { texts: textsOf(['a', 'b']), numbers: Int32Array.of(0, 1, -1) } }
  giveCodes(whole, codes)
  passCodes(whole, Int32Array.of(2, 1, 1), part)
  expect(givenCodes(part)).toEqual({ request: codes.request, numbered: { texts: codes.numbered?.texts, numbers: Int32Array.of(-1, 1, 1) } })
  expect(givenCodes(part)?.request).toBe(codes.request)
  giveCodes(whole, { request: codes.request, numbered: null })
  passCodes(whole, Int32Array.of(0), other)
  passCodes(none, Int32Array.of(0), none)
  expect([givenCodes(other)?.numbered, givenCodes(none)]).toEqual([null, undefined])
})
