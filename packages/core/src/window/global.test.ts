import { describe, expect, test } from 'vitest'
import { checkLine, type Line, ways } from './edges.fixture.ts'
import { global } from './global.ts'

const table: readonly Line[] = [
  [
    'global: nothing closes it but the end',
    global(),
    ['a@0 a@1000000 b@5 W2000000', ''],
    ['$', 'a[-62135596800,253402300799.999)=2 b[-62135596800,253402300799.999)=1'],
  ],
]

describe.each(ways.map((way) => ({ name: way[0], way })))('5.1 to 5.3 edges, with $name', ({ way }) => {
  test.each(table.map(([reason, window, ...steps]) => ({ reason, window, steps })))('$reason', ({ window, steps }) => checkLine(way, window, steps))
})

test('a global window has bounds that all tools can hold', () => {
  const [all] = global().assign(0) as [{ start: number; end: number }]
  expect([new Date(all.start).toISOString(), new Date(all.end).toISOString()]).toEqual(['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])
})
