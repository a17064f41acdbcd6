import { describe, expect, test } from 'vitest'
import { checkLine, type Line, ways } from './edges.fixture.ts'
import { hopping } from './hopping.ts'

const hops = hopping({ size: '10s', advance: '5s' })

const table: readonly Line[] = [
  ['many windows are shown by end, then key', hops, ['b@1 a@1 a@7 W100', 'a[-5,5)=1 b[-5,5)=1 a[0,10)=2 b[0,10)=1 a[5,15)=1']],
  ['a row on a hop is in the window that starts and not in the one that ends there', hops, ['a@5 $', 'a[0,10)=1 a[5,15)=1']],
  ['a row late for one hopping window counts in the next', hops, ['a@11', ''], ['b@7', '', 'b@7[0,10)'], ['$', 'a[5,15)=1 b[5,15)=1 a[10,20)=1']],
  ['a row late for all of its hopping windows counts in none', hops, ['a@16', ''], ['b@3', '', 'b@3[-5,5)[0,10)'], ['$', 'a[10,20)=1 a[15,25)=1']],
  [
    'hops wider than windows leave gaps, whose rows are in none',
    hopping({ size: '2s', advance: '10s' }),
    ['a@1 a@2 a@11.999 $', 'a[0,2)=1 a[10,12)=1'],
  ],
]

describe.each(ways.map((way) => ({ name: way[0], way })))('5.1 to 5.3 edges, with $name', ({ way }) => {
  test.each(table.map(([reason, window, ...steps]) => ({ reason, window, steps })))('$reason', ({ window, steps }) => checkLine(way, window, steps))
})

test.each([
  ['hopping advance 0', () => hopping({ size: 5, advance: 0 }), 'got 0'],
  ['hopping overlap', () => hopping({ size: '1 day', advance: 1 }), '86400000 windows'],
  ['hopping offset', () => hopping({ size: '10s', advance: '5s', offset: '5s' }), 'got 5000 ms'],
  ['hopping grace', () => hopping({ size: 5, advance: 1, grace: -2 }), 'got -2'],
])('nonsense is refused with its value: %s', (_what, make, message) => {
  expect(make).toThrow(message)
})

test('hopping windows of a time are the same, whatever came before', () => {
  const one = hopping({ size: 10, advance: 3, offset: 1 })
  for (let time = -30; time < 30; time++) {
    for (const before of [-7, 0, 1, 13]) {
      one.assign(before)
      expect(one.assign(time)).toEqual(hopping({ size: 10, advance: 3, offset: 1 }).assign(time))
    }
  }
})
