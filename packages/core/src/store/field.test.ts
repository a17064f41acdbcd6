import { expect, test } from 'vitest'
import { isComparable, isNested, type Kind } from './field.ts'

test('structs, lists and maps hold other values, and are not compared as one; nor are JSON and bytes', () => {
  const kinds: Kind[] = ['struct', 'list', 'map', 'json', 'bytes', 'string', 'enum', 'date', 'decimal', 'instant']
  expect(kinds.filter(isNested)).toEqual(['struct', 'list', 'map'])
  expect(kinds.filter(isComparable)).toEqual(['string', 'enum', 'date', 'decimal', 'instant'])
})
