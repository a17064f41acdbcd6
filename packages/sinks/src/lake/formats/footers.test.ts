import { expect, test } from 'vitest'
import { type Footer, footerText, mergedFooter, parseFooter } from './footers.ts'

const footer = (task: string, from: number, to: number): Footer =>
  parseFooter(JSON.stringify({ schema: 's', version: 1, keys: [], flow: 'all', task, from: `${from}`, to: `${to}` })) as Footer

test('a text that is no footer of ours is null', () => {
  for (const text of [undefined, '', '{', '{}', '{"schema":"s"}', 'null']) expect(parseFooter(text)).toBe(null)
})

test('ranges that touch become one, others stay apart, and tasks come in the order of their names', () => {
  const merged = mergedFooter([footer('b', 0, 5), footer('a', 0, 3), footer('a', 3, 6), footer('a', 9, 12)])
  expect(merged?.tasks).toEqual({
    a: [
      ['0', '6'],
      ['9', '12'],
    ],
    b: [['0', '5']],
  })
  expect(Object.keys(merged?.tasks ?? {})).toEqual(['a', 'b'])
  expect(mergedFooter([])).toBe(null)
})

test('the ranges of a task are bounded: the oldest become one that spans them', () => {
  const ranges = mergedFooter(Array.from({ length: 500 }, (_, i) => footer('a', 10 * i, 10 * i + 5)))?.tasks.a ?? []
  expect(ranges).toHaveLength(200)
  expect([ranges[0]?.[0], ranges.at(-1)?.[1]]).toEqual(['0', '4995'])
})

test('a footer is read back from its text; one range of one task reads like that of any file', () => {
  const single = mergedFooter([footer('a', 0, 5), footer('a', 5, 9)]) as Footer
  expect(parseFooter(footerText(single))).toEqual(single)
  expect(JSON.parse(footerText(single))).toMatchObject({ task: 'a', from: '0', to: '9' })
})
