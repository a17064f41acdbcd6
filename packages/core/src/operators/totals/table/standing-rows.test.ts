import { expect, test } from 'vitest'
import { StateReader, StateWriter } from '../columns/state-bytes.ts'
import { TotalsStore } from '../totals-store.ts'
import { StandingRows } from './standing-rows.ts'

function started() {
  const groups = new TotalsStore([])
  const standing = new StandingRows(groups)
  const rows = new TotalsStore([standing])
  const bytes = (text: string) => new TextEncoder().encode(text)
  const group = (name: string) => groups.intern(bytes(name), name.length)
  const place = (key: string) => rows.intern(bytes(key), key.length)
  const textsOf = (name: string, most = 100) => [...standing.rowsOf(group(name), most)].map((some) => some.map(({ text }) => text).sort())
  return { standing, rows, groups, group, place, textsOf }
}

test('rows are in the list of their group, until they leave it', () => {
  const { standing, group, place, textsOf } = started()
  for (const key of ['a', 'b', 'c', 'd']) standing.put(place(key), { text: key, position: 1 }, group(key === 'd' ? 'y' : 'x'))
  expect([textsOf('x'), textsOf('y'), textsOf('none')]).toEqual([[['a', 'b', 'c']], [['d']], []])
  expect(textsOf('x', 2).map((some) => some.length)).toEqual([2, 1])
  // The last of the list, one in the middle, the only one.
  for (const key of ['a', 'b', 'd']) standing.remove(place(key))
  expect([textsOf('x'), textsOf('y'), standing.isEmpty(group('y'))]).toEqual([[['c']], [], true])
  standing.put(place('b'), { text: 'B', position: 2 }, group('y'))
  standing.remove(place('c'))
  expect([textsOf('x'), textsOf('y'), standing.groupOf(place('b')), standing.groupOf(place('c'))]).toEqual([[], [['B']], group('y'), -1])
})

test('what it writes of a row it reads back, also that there is none', () => {
  const { standing, group, place } = started()
  const out = new StateWriter()
  const [a, b] = [place('a'), place('b')]
  standing.put(a, { text: '{"é":1}', position: 7 }, group('x'))
  for (const key of [a, b]) standing.write(key, out)
  const again = started()
  const from = new StateReader(out.copy())
  again.standing.put(again.place('b'), { text: 'older', position: 1 }, again.group('y'))
  for (const key of ['a', 'b']) again.standing.read(again.place(key), from)
  expect([...again.standing.rowsOf(again.group('x'), 9)]).toEqual([[{ text: '{"é":1}', position: 7 }]])
  expect([again.standing.isEmpty(again.group('y')), from.isAtEnd]).toEqual([true, true])
})

test('it knows what its texts need', () => {
  const { standing, group, place } = started()
  const empty = standing.ownBytes
  standing.put(place('a'), { text: 'x'.repeat(1000), position: 1 }, group('x'))
  expect(standing.ownBytes).toBeGreaterThan(1000)
  expect(standing.bytes).toBeGreaterThan(8 * 16)
  standing.remove(place('a'))
  expect(standing.ownBytes).toBe(empty)
})
