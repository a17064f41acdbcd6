import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { TextCodes } from '../../batch/text-codes.ts'
import { CodeSet } from './code-set.ts'
import { Dictionaries, readDictionary, UsedTexts } from './text-dictionary.ts'
import { TextSet } from './text-set.ts'

const membersOf = (set: TextSet) => {
  const found: string[] = []
  set.each((text) => found.push(text))
  return found.sort()
}

test('gives its texts back, also after it was written, whatever other sets the dictionary serves', () => {
  const text = fc.oneof(
    fc.nat(3000).map((n) => `CLIENT_${n}`),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('', 'é', '😀', '😁'),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1), fc.array(text, { maxLength: 200, size: 'max' })), { maxLength: 6 }), (wanted) => {
      const kinds = [new TextCodes(), new TextCodes()]
      const dictionaries = new Dictionaries()
      const sets = wanted.map(([kind, texts]) => {
        const codes = new CodeSet()
        const of = kinds[kind] as TextCodes
        for (const each of texts) codes.add(of.codeOfText(each))
        return TextSet.of(dictionaries.of(of), codes)
      })
      for (const [i, set] of sets.entries()) {
        const members = [...new Set(wanted[i]?.[1].map((each) => each.toWellFormed()))].sort()
        expect(set.size).toBe(members.length)
        expect(membersOf(set)).toEqual(members)
        const back = readDictionary(JSON.parse(JSON.stringify(set.dictionary.toJson())) as Json)
        expect(membersOf(new TextSet(back, set.size, set.gaps))).toEqual(members)
      }
    }),
    { numRuns: 50 },
  )
})

test('a set of clients takes about a character each, and the dictionary half of its texts', () => {
  const texts = new TextCodes()
  const dictionary = new UsedTexts(texts)
  const sets = Array.from({ length: 50 }, (_, at) => {
    const codes = new CodeSet()
    for (let i = 0; i < 700; i++) codes.add(texts.codeOfText(`CLIENT_${1000 + ((i * 7919 + at * 104_729) % 9000)}`))
    return TextSet.of(dictionary, codes)
  })
  const plain = JSON.stringify(sets.map(membersOf)).length
  const compact = JSON.stringify(sets.map(({ gaps }) => gaps)).length + JSON.stringify(dictionary.toJson()).length
  expect(compact).toBeLessThan(plain / 4)
})
