import { expect, test } from 'vitest'
import { FixedStore } from '../../store/stores.ts'
import { bytesOf } from './decoders.fixture.ts'
import { memberReader, Names } from './member.ts'
import { UNSURE } from './read.ts'

const find = (names: Names, text: string) => {
  const bytes = bytesOf(text)
  return names.find(bytes, new DataView(bytes.buffer), 0, bytes.length)
}

test.each([
  ['few', ['billing', 'account', 'technical']],
  ['short', ['', 'a', 'ab']],
  ['with a common beginning', Array.from({ length: 50 }, (_, i) => `status_${i}`)],
  ['beyond ASCII', ['ü', '\ufffd', 'ключ']],
])('finds each of its names, and where it ends: %s', (_what, all) => {
  const names = new Names(all)
  all.forEach((name, i) => {
    const text = `"${name}":1`
    expect(find(names, text)).toBe(i)
    expect(names.next).toBe(bytesOf(`"${name}"`).length)
  })
})

test.each(['"bill"', '"billings"', 'billing', '"billing', '""', ''])('finds nothing in %j', (text) => {
  expect(find(new Names(['billing', 'account']), text)).toBe(-1)
})

test('a name that JSON has to escape is never found', () => {
  expect(find(new Names(['a"b', 'ok']), '"a"b"')).toBe(-1)
})

test('a member is read as its code, and any other text is left to zod', () => {
  const store = new FixedStore(
    (n) => new Int8Array(n),
    () => undefined,
  )
  const read = memberReader(store, ['low', 'high'])
  const at = (text: string) => read(bytesOf(text), new DataView(bytesOf(text).buffer), 0, bytesOf(text).length, 3)
  expect([at('"high"'), store.values[3]]).toEqual([6, 1])
  expect(at('"medium"')).toBe(UNSURE)
})
