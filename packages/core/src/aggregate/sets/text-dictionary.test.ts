import { expect, test } from 'vitest'
import { TextCodes } from '../../batch/text-codes.ts'
import { CodeSet } from './code-set.ts'
import { TextDictionary } from './text-dictionary.ts'

const codes = (texts: TextCodes, ...all: readonly string[]) => {
  const set = new CodeSet()
  for (const text of all) set.add(texts.codeOfText(text))
  return set
}

test('numbers each text once, and gives numbers in ascending order', () => {
  const texts = new TextCodes()
  texts.codeOfText('unused')
  const dictionary = new TextDictionary()
  expect([...dictionary.numbersOf(texts, codes(texts, 'bb', 'a'))]).toEqual([0, 1])
  expect([...dictionary.numbersOf(texts, codes(texts, 'c', 'bb'))]).toEqual([0, 2])
  expect([0, 1, 2].map((number) => dictionary.textOf(number))).toEqual(['bb', 'a', 'c'])
})

test('writes what a text does not share with the one before it, anew once texts have come', () => {
  const texts = new TextCodes()
  const dictionary = new TextDictionary()
  dictionary.numbersOf(texts, codes(texts, 'CLIENT_10', 'CLIENT_12'))
  expect(dictionary.toJson()).toEqual(['AJIB', 'CLIENT_102'])
  dictionary.numbersOf(texts, codes(texts, ''))
  expect(dictionary.toJson()).toEqual(['AJIBAA', 'CLIENT_102'])
})

test('a dictionary that was read takes in more texts', () => {
  const texts = new TextCodes()
  const dictionary = TextDictionary.read(['AJIB', 'CLIENT_102'])
  expect([...dictionary.numbersOf(texts, codes(texts, 'x'))]).toEqual([2])
  expect([0, 1, 2].map((number) => dictionary.textOf(number))).toEqual(['CLIENT_10', 'CLIENT_12', 'x'])
})
