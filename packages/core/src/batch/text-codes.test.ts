import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { GivenTexts, giveCodes } from '../store/given-codes.ts'
import { instant } from '../values/instant.ts'
import { Batch, column } from './batch.ts'
import { take } from './take.ts'
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

  it('are copied from a code on', () => {
    const texts = new TextCodes()
    for (const text of ['a', 'été', '']) codeOf(texts, text)
    expect(texts.from(1)).toEqual({ ends: Int32Array.of(0, 5, 5), bytes: bytesOf('été') })
    expect(texts.from(3)).toEqual({ ends: Int32Array.of(0), bytes: new Uint8Array(0) })
  })

  describe('that another thread has numbered', () => {
    /** The column with the numbers of a thread, whose texts come in an order of their own. */
    const given = (name: string, values: readonly (string | null)[], order: readonly string[], request = { isWanted: false }) => {
      const data = column(batchOf(name, values), name)
      const texts = new GivenTexts()
      for (const text of order) texts.append(Int32Array.of(0, bytesOf(text).length), bytesOf(text))
      const places = new Map(order.map((text, i) => [text, i]))
      const numbers = Int32Array.from(values, (value) => (value === null ? -1 : (places.get(value) as number)))
      giveCodes(data, { request, numbered: { texts, numbers } })
      return data
    }
    const read = ({ texts, codes }: NonNullable<ReturnType<typeof codesOf>>) => [...codes].map((code) => (code < 0 ? null : texts.textOf(code)))

    it('are the codes of the column all the same', () => {
      const order = ['', 'é', 'b', 'a', 'never']
      const text = fc.option(fc.constantFrom('a', 'b', 'é', ''))
      let run = 0
      fc.assert(
        fc.property(fc.array(fc.array(text, { maxLength: 20 }), { maxLength: 5 }), (batches) => {
          const [mixed, plain] = [`mixed ${run}`, `plain ${run++}`]
          for (const [i, values] of batches.entries()) {
            const data = i % 3 === 2 ? column(batchOf(mixed, values), mixed) : given(mixed, values, order)
            const [found, expected] = [codesOf(mixed, data, values.length), coded(plain, values)]
            expect(found?.codes).toEqual(expected?.codes)
            expect(found && read(found)).toEqual(values)
          }
        }),
      )
    })

    it('are those of the rows that were taken', () => {
      const data = take(given('taken', ['a', null, 'b', 'a'], ['b', 'a']), Int32Array.of(3, 2, 1, 2))
      const found = codesOf('taken', data, 4)
      expect(found && read(found)).toEqual(['a', 'b', null, 'b'])
    })

    it('are asked for while they pay off', () => {
      const request = { isWanted: false }
      codesOf('asked', given('asked', ['a'], ['a'], request), 1)
      expect(request.isWanted).toBe(true)
      const unique = (from: number) => Array.from({ length: 40_000 }, (_, i) => `id-${from + i}`)
      for (const from of [0, 40_000]) codesOf('asked in vain', given('asked in vain', unique(from), unique(from), request), 40_000)
      expect(request.isWanted).toBe(false)
    })
  })
})
