import { expect, test } from 'vitest'
import { TextCodes } from '../../batch/text-codes.ts'
import { CodeSet } from './code-set.ts'
import { Dictionaries, readDictionary, UsedTexts } from './text-dictionary.ts'

const codes = (texts: TextCodes, ...all: readonly string[]) => {
  const set = new CodeSet()
  for (const text of all) set.add(texts.codeOfText(text))
  return set
}

test('writes the texts that sets use, and of each what it does not share with the one before it', () => {
  const texts = new TextCodes()
  texts.codeOfText('unused')
  const dictionary = new UsedTexts(texts)
  dictionary.use(codes(texts, 'CLIENT_10', 'CLIENT_12'))
  expect(dictionary.toJson()).toEqual(['BA', 'AJIB', 'CLIENT_102'])
  dictionary.use(codes(texts, 'CLIENT_12', ''))
  expect(dictionary.toJson()).toEqual(['BAA', 'AJIBAA', 'CLIENT_102'])
  const back = readDictionary(dictionary.toJson())
  expect([1, 2, 3].map((code) => back.textOf(code))).toEqual(['CLIENT_10', 'CLIENT_12', ''])
  expect(back.toJson()).toEqual(dictionary.toJson())
})

test('a snapshot has one dictionary for each numbering of texts', () => {
  const [one, other] = [new TextCodes(), new TextCodes()]
  const dictionaries = new Dictionaries()
  expect(dictionaries.of(one)).toBe(dictionaries.of(one))
  expect(dictionaries.of(other)).not.toBe(dictionaries.of(one))
})
