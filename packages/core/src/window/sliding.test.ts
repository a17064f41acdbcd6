import { describe, expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import { windowed } from '../operators/windowed.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { checkLine, type Line, ways } from './edges.fixture.ts'
import { sliding } from './sliding.ts'

const slide10 = sliding({ size: '10s' })

const table: readonly Line[] = [
  ['sliding: both ends are inside', slide10, ['a@0 a@10 $', 'a[-10,0)=1 a[0,10)=2 a[0.001,10.001)=1']],
  ['sliding: a millisecond more and they are apart', slide10, ['a@0 a@10.001 $', 'a[-10,0)=1 a[0.001,10.001)=1']],
  ['sliding: at end + grace it is still open', slide10, ['a@0 W0', ''], ['W0.001', 'a[-10,0)=1']],
  [
    'sliding: a row late for its own window counts in none',
    slide10,
    ['a@10 b@10.001', 'a[0,10)=1'],
    ['a@5', '', 'a@5[-5,5)'],
    ['$', 'b[0.001,10.001)=1'],
  ],
  [
    'sliding: a late row is not in the own window of a later row, and opens none after it',
    sliding({ size: '2s' }),
    ['c@4 a@2 a@4', '', 'a@2[0,2)'],
    ['$', 'a[2,4)=1 c[2,4)=1'],
  ],
  [
    'sliding: late rows of a key without others make no window',
    sliding({ size: '5s', grace: '1s' }),
    ['c@27 a@25 a@21 $', 'c[22,27)=1', 'a@25 a@21'],
  ],
  ['sliding: a row exactly grace after its own end counts', sliding({ size: '5s', grace: '1s' }), ['c@27 a@26 $', 'a[21,26)=1 c[22,27)=1']],
]

describe.each(ways.map((way) => ({ name: way[0], way })))('5.1 to 5.3 edges, with $name', ({ way }) => {
  test.each(table.map(([reason, window, ...steps]) => ({ reason, window, steps })))('$reason', ({ window, steps }) => checkLine(way, window, steps))
})

test.each([['sliding size', () => sliding({ size: 0.5 }), 'got 0.5']])('nonsense is refused with its value: %s', (_what, make, message) => {
  expect(make).toThrow(message)
})

test('holds as many moments as maxKeys allows, and no more', () => {
  const tight = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(slide10, { by: 'client_id', aggregate: { n: count() }, maxKeys: 2 })
  scenario(Ticket, tight).feed('a@1 b@2 a@1')
  expect(() => scenario(Ticket, tight).feed('a@1 b@2 c@3')).toThrow('3 open moments are more than the 2 allowed')
})

test('the window of a row ends with it', () => {
  expect(sliding({ size: '5s' }).assign(10_000)).toEqual([{ start: 5000, end: 10_000 }])
})
