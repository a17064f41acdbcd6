import { expect, test } from 'vitest'
import { JoinSide, type SavedSide } from './join-side.ts'

const row = (key: string | null, at: number) => ({ key, at, row: `${key}${at}`, offset: at })
const read = (texts: readonly string[]) =>
  texts.map((text) => {
    const [key, at] = JSON.parse(text) as [string | null, number]
    return { key, at, row: `${key}${at}` }
  })
const write = (text: string) => JSON.stringify([text.startsWith('null') ? null : text[0], Number(text.replace(/^(null|.)/, ''))])

test('9.2 finds the rows of a key between two times, ends included, in the order of time', () => {
  const side = new JoinSide<string>()
  for (const at of [5, 1, 3]) side.add(row('a', at))
  side.add(row('b', 2))
  side.add(row(null, 2))
  expect([side.between('a', 1, 3), side.between('a', 4, 4), side.between('c', 0, 9)].map((rows) => rows.map((one) => one.row))).toEqual([
    ['a1', 'a3'],
    [],
    [],
  ])
  expect(side.release(3).map((one) => one.row)).toEqual(['a1', 'b2', 'null2'])
  expect([side.held, side.release(3)]).toEqual([2, []])
  expect(side.add(row('a', 2)).at).toBe(2)
  expect(side.release(3).map((one) => one.row)).toEqual(['a2'])
})

test('a snapshot has what was added, what is gone, and which earlier rows have found a partner', () => {
  const [side, back] = [new JoinSide<string>(), new JoinSide<string>()]
  const save = (whole: boolean) => {
    const saved = side.snapshot(whole, write)
    if (saved) back.restore(JSON.parse(JSON.stringify(saved)) as SavedSide, read)
    return saved
  }
  const first = side.add(row('a', 1))
  side.add(row(null, 2))
  expect(save(true)).toMatchObject({ gone: null, partners: [] })
  expect(save(false)).toBeNull()
  side.pair(first)
  side.pair(side.add(row('b', 3)))
  expect(save(false)).toEqual({ gone: null, added: [[2, 3, 1, '["b",3]']], partners: [0] })
  side.release(2)
  save(false)
  expect(back.release(9).map(({ row, hasPartner }) => [row, hasPartner])).toEqual([
    ['null2', false],
    ['b3', true],
  ])
  side.release(Number.POSITIVE_INFINITY)
  expect(side.snapshot(false, write)).toEqual({ gone: Number.MAX_VALUE, added: [], partners: [] })
})
