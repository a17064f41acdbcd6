import { expect, test } from 'vitest'
import { headerIn } from './record-headers.ts'

const zigzag = (n: number): number[] => {
  let value = n < 0 ? -2 * n - 1 : 2 * n
  const out: number[] = []
  for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) + 128)
  return [...out, value]
}
const text = (value: string) => [...new TextEncoder().encode(value)]

/** The headers of a record, with other bytes around them. */
function headers(list: readonly (readonly [string, string | null])[]) {
  const bytes = list.flatMap(([name, value]) => [
    ...zigzag(text(name).length),
    ...text(name),
    ...(value === null ? zigzag(-1) : [...zigzag(text(value).length), ...text(value)]),
  ])
  const all = [...zigzag(list.length), ...bytes]
  return { bytes: Uint8Array.from([7, 7, 7, ...all, 9, 9]), from: 3, to: 3 + all.length }
}

const read = (list: readonly (readonly [string, string | null])[], name: string) => {
  const { bytes, from, to } = headers(list)
  const found = headerIn(bytes, from, to, name)
  return found && new TextDecoder('utf-8', { ignoreBOM: true }).decode(found)
}

test('a header is found by its whole name, the last one of several', () => {
  const list = [
    ['trace', 'a'],
    ['trace-id', 'b'],
    ['ключ', 'é'],
    ['trace', 'c'],
    ['long', 'x'.repeat(300)],
    ['', 'empty name'],
    ['empty', ''],
  ] as const
  expect(['trace', 'trace-id', 'ключ', '', 'empty'].map((name) => read(list, name))).toEqual(['c', 'b', 'é', 'empty name', ''])
  expect(read(list, 'long')).toHaveLength(300)
  expect(['trac', 'race', 'Trace', 'none'].map((name) => read(list, name))).toEqual([null, null, null, null])
})

test('a header without a value, and a record without headers, have none', () => {
  expect([
    read(
      [
        ['a', 'x'],
        ['a', null],
      ],
      'a',
    ),
    read([], 'a'),
  ]).toEqual([null, null])
})

test('nothing is read beyond the end of the record', () => {
  const { bytes, from, to } = headers([
    ['a', 'abc'],
    ['b', 'def'],
  ])
  for (let end = from + 1; end < to; end++) expect([null, 'def']).toContain(headerIn(bytes, from, end, 'b') && 'def')
  expect(headerIn(bytes, from, to - 1, 'b')).toBeNull()
  expect(headerIn(Uint8Array.of(255), 0, 1, 'a')).toBeNull()
})
