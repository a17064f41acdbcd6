import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytes } from './bytes.ts'
import { base64Of } from './json-text.ts'

test('bytes are base64 in messages', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (value) => {
      expect(base64Of(value)).toBe(Buffer.from(value).toString('base64'))
      expect(bytes().parse(base64Of(value))).toEqual(Uint8Array.from(value))
    }),
  )
  expect(bytes().safeParse('A').success).toBe(false)
})
