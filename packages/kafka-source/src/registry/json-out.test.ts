import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonOut } from './json-out.ts'

const textOf = (out: JsonOut) => Buffer.from(out.bytes.subarray(0, out.length)).toString()

test('texts are the JSON strings that they were', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.nat(0x7f).map((code) => String.fromCharCode(code)) })), {
        maxLength: 5,
      }),
      (texts) => {
        const out = new JsonOut()
        out.byte(0x5b)
        texts.forEach((text, i) => {
          if (i > 0) out.byte(0x2c)
          const bytes = new TextEncoder().encode(text)
          out.text(bytes, 0, bytes.length)
        })
        out.byte(0x5d)
        expect(JSON.parse(textOf(out))).toEqual(texts)
      },
    ),
  )
})

test('JSON of any text is added as it is', () => {
  const out = new JsonOut()
  const text = JSON.stringify('é🎫'.repeat(40_000))
  out.json(text)
  expect(textOf(out)).toBe(text)
})

test('whole numbers are their digits', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.nat(1_000_000_000), fc.nat(10)), (value) => {
      const out = new JsonOut()
      out.whole(value)
      expect(textOf(out)).toBe(String(value))
    }),
  )
})

test('grows for what is longer than the buffer', () => {
  const out = new JsonOut()
  const long = new Uint8Array(100_000).fill(0x61)
  for (let i = 0; i < 3; i++) out.text(long, 0, long.length)
  out.literal(long)
  out.ascii('b'.repeat(100_000))
  expect(textOf(out)).toBe(`${`"${'a'.repeat(100_000)}"`.repeat(3)}${'a'.repeat(100_000)}${'b'.repeat(100_000)}`)
})
