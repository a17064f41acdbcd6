import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shortText } from './short-texts.ts'

const encoder = new TextEncoder()

describe('short texts', () => {
  it('are what the decoder gives, whatever fell on their place before', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 20, unit: 'binary-ascii' }),
      fc.integer({ min: 1000, max: 9999 }).map(String),
      fc.string({ unit: 'grapheme' }),
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 200 }), (all) => {
        for (const one of [...all, ...all]) {
          const bytes = encoder.encode(`x${one}x`)
          const isShort = bytes.length - 2 <= 16 && bytes.every((byte) => byte < 128)
          expect(shortText(bytes, 1, bytes.length - 1)).toBe(isShort ? one : undefined)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('that fall on one place are distinguished: a million, 65,536 places', () => {
    for (let i = 0; i < 1_000_000; i++) {
      const text = `C${i}`
      const bytes = encoder.encode(text)
      if (shortText(bytes, 0, bytes.length) !== text) expect.fail(text)
    }
  })
})
