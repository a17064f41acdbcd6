import { describe, expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import { windowed } from '../operators/windowed.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { checkLine, type Line, ways } from './edges.fixture.ts'
import { session } from './session.ts'

const gap5 = session({ gap: '5s' })
const gap5grace5 = session({ gap: '5s', grace: '5s' })

const table: readonly Line[] = [
  ['sessions: rows exactly the gap apart are one', gap5, ['a@1 a@6 $', 'a[1,11)=2']],
  ['sessions: a millisecond more and they are two', gap5, ['a@1 a@6.001 $', 'a[1,6)=1 a[6.001,11.001)=1']],
  ['sessions: at last + gap + grace one is still open', gap5, ['a@1 W6', ''], ['a@6 $', 'a[1,11)=2']],
  ['sessions: a millisecond later it is closed', gap5, ['a@1 W6.001', 'a[1,6)=1']],
  ['sessions: a row between two joins them', gap5grace5, ['a@1 a@9', ''], ['a@5 $', 'a[1,14)=3']],
  ['sessions: a row that would be late alone is not when it joins an open one', gap5, ['a@6 a@10 a@4 $', 'a[4,15)=3']],
  ['sessions: closed is closed, a row next to it opens another', gap5, ['a@1 b@6.001', 'a[1,6)=1'], ['a@2 $', 'a[2,7)=1 b[6.001,11.001)=1']],
  ['sessions: a row whose own session would be closed is late', gap5, ['a@1 b@20', 'a[1,6)=1'], ['a@2', '', 'a@2[2,7)']],
  ['sessions: keys have their own', gap5, ['a@1 b@3 a@5 $', 'b[3,8)=1 a[1,10)=2']],
]

describe.each(ways.map((way) => ({ name: way[0], way })))('5.1 to 5.3 edges, with $name', ({ way }) => {
  test.each(table.map(([reason, window, ...steps]) => ({ reason, window, steps })))('$reason', ({ window, steps }) => checkLine(way, window, steps))
})

test.each([
  ['session gap', () => session({ gap: 0 }), 'got 0'],
  ['session infinite', () => session({ gap: Number.POSITIVE_INFINITY }), 'got Infinity'],
])('nonsense is refused with its value: %s', (_what, make, message) => {
  expect(make).toThrow(message)
})

test('holds as many sessions as maxKeys allows, and no more', () => {
  const tight = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(gap5, { by: 'client_id', aggregate: { n: count() }, maxKeys: 2 })
  scenario(Ticket, tight).feed('a@1 b@2 a@1')
  expect(() => scenario(Ticket, tight).feed('a@1 b@2 c@3')).toThrow('3 open sessions are more than the 2 allowed')
})

test('a row that is alone has a session from its time to the end of the gap', () => {
  expect(gap5.assign(10_000)).toEqual([{ start: 10_000, end: 15_000 }])
})
