import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Batch, column } from './batch.ts'
import { codesOf, TextCodes } from './text-codes.ts'

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text)
const codeOf = (texts: TextCodes, text: string) => texts.codeOf(bytesOf(text), 0, bytesOf(text).length)

describe('text codes', () => {
  it('are equal for equal texts, and lead back to them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 3000 }), (all) => {
        const texts = new TextCodes()
        const expected = new Map<string, number>()
        for (const text of all) {
          const code = codeOf(texts, text)
          if (!expected.has(text)) expected.set(text, expected.size)
          expect(code).toBe(expected.get(text))
          expect(texts.codeOfText(text)).toBe(code)
          expect(texts.textOf(code)).toBe(text)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('of tens of thousands are distinguished, up to a bound', () => {
    const texts = new TextCodes({ texts: 65_536, bytes: 1 << 22 })
    for (let i = 0; i < 65_536; i++) expect(codeOf(texts, `CLIENT_${i}`)).toBe(i)
    expect(codeOf(texts, 'one too many')).toBe(-1)
    expect(codeOf(texts, 'CLIENT_77')).toBe(77)
  })

  const batchOf = (name: string, values: readonly (string | null)[]) => {
    const schema = defineSchema(z.object({ at: instant(), [name]: z.string().nullable() }), { name: 'texts', time: 'at' as never })
    return Batch.of(schema as never, values.map((value) => ({ at: new Date(0), [name]: value })) as never)
  }
  const coded = (name: string, values: readonly (string | null)[]) => codesOf(name, column(batchOf(name, values), name), values.length)

  it('of a column continue from batch to batch, and begin anew when they are full', () => {
    const client = (i: number) => `CLIENT_${i}`
    const one = Array.from({ length: 60_000 }, (_, i) => client(i % 10_000))
    const first = coded('renewed', [...one, null])
    expect(first?.codes.at(-1)).toBe(-1)
    const others = Array.from({ length: 4 }, () => coded('renewed', one))
    expect(others.every((other) => other?.texts === first?.texts)).toBe(true)
    const fresh = coded(
      'renewed',
      Array.from({ length: 60_000 }, (_, i) => client(10_000 + i)),
    )
    expect(fresh?.texts).not.toBe(first?.texts)
    expect(fresh?.texts.textOf(fresh.codes[59_999] as number)).toBe(client(69_999))
  })

  it('are given up where texts hardly repeat', () => {
    const unique = (from: number) => Array.from({ length: 40_000 }, (_, i) => `id-${from + i}`)
    expect(coded('unique', unique(0))).not.toBeNull()
    expect(coded('unique', unique(40_000))).toBeNull()
    expect(coded('unique', unique(80_000))).toBeNull()
  })
})
