import { expect, test } from 'vitest'
import type { Json } from '../../base/json.ts'
import { TextCodes } from '../../batch/text-codes.ts'
import { type Acc, AccWriter, accReader } from './acc-json.ts'
import { CodeSet } from './code-set.ts'
import { UsedTexts } from './text-dictionary.ts'
import { TextSet } from './text-set.ts'

const texts = new TextCodes()
const set = (dictionary: UsedTexts, ...members: readonly string[]) => {
  const codes = new CodeSet()
  for (const member of members) codes.add(texts.codeOfText(member))
  return TextSet.of(dictionary, codes)
}
const shown = (accs: readonly Acc[]) =>
  accs.map((acc) => {
    if (!(acc instanceof TextSet)) return acc
    const members: string[] = []
    acc.each((text) => members.push(text))
    return new Set(members)
  })

test('writes each dictionary once, however many sets it serves', () => {
  const [one, two] = [new UsedTexts(texts), new UsedTexts(texts)]
  const writer = new AccWriter()
  const lists = [
    [1, set(one, 'a', 'b')],
    [2, set(two, 'b')],
    [3, set(one, 'b', 'c')],
  ].map((accs) => writer.write(accs))
  expect(lists).toEqual([
    [1, { of: 0, size: 2, gaps: 'AA' }],
    [2, { of: 1, size: 1, gaps: 'B' }],
    [3, { of: 0, size: 2, gaps: 'BA' }],
  ])
  const noted = JSON.parse(JSON.stringify(writer.noted())) as { texts: Json[] }
  expect(noted).toEqual({
    texts: [
      ['AAA', 'ABABAB', 'abc'],
      ['B', 'AB', 'b'],
    ],
  })
  const read = accReader(noted.texts)
  expect(lists.map((accs) => shown(read(accs)))).toEqual([
    [1, new Set(['a', 'b'])],
    [2, new Set(['b'])],
    [3, new Set(['b', 'c'])],
  ])
})

test('what a user keeps comes back as it was, also where it looks like a set', () => {
  const kept: Json[] = [null, 0, 'of', [{ of: 0 }], { of: 0, size: 1, gaps: 'A' }, { plain: null }, { plain: { plain: 1 } }, { other: 1 }]
  for (const accs of [kept, kept.slice(0, 4), kept.slice(5, 6), kept.slice(7)]) {
    const writer = new AccWriter()
    const json = JSON.parse(JSON.stringify(writer.write(accs))) as Json[]
    expect(accReader(writer.noted().texts)(json)).toEqual(accs)
  }
})

test('accumulators from before there were sets are plain JSON', () => {
  const accs: Json[] = [['a', 'b'], { of: 0 }, { plain: 1 }]
  expect(accReader(undefined)(accs)).toEqual(accs)
  const writer = new AccWriter()
  expect([writer.write([['a', 'b'], 1]), writer.noted()]).toEqual([[['a', 'b'], 1], {}])
})
