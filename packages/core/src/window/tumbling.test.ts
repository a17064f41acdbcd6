import { describe, expect, test } from 'vitest'
import { checkLine, type Line, ways } from './edges.fixture.ts'
import { tumbling } from './tumbling.ts'

const ten = tumbling({ size: '10s' })
const graced = tumbling({ size: '10s', grace: '5s' })

const table: readonly Line[] = [
  ['the start belongs to a window', ten, ['a@0 $', 'a[0,10)=1']],
  ['the end belongs to the next one', ten, ['a@10 $', 'a[10,20)=1']],
  ['the last millisecond is inside', ten, ['a@9.999 $', 'a[0,10)=1']],
  ['a watermark just before the end closes nothing', ten, ['a@1 W9.999', ''], ['$', 'a[0,10)=1']],
  ['a watermark at the end closes', ten, ['a@1 W10', 'a[0,10)=1']],
  ['grace moves the close, not the window', graced, ['a@1 W14.999', ''], ['a@9 W15', 'a[0,10)=2']],
  ['a row exactly at the watermark that closes its window is late', ten, ['a@10', ''], ['b@9.999', '', 'b@9.999']],
  ['a row that itself moves the watermark is never late', ten, ['a@25', ''], ['$', 'a[20,30)=1']],
  ['a row within grace counts', graced, ['a@14.999 b@3', ''], ['a@15', 'b[0,10)=1'], ['$', 'a[10,20)=2']],
  ['a row after grace is late', graced, ['a@15 b@3', '', 'b@3[0,10)'], ['$', 'a[10,20)=1']],
  ['negative times fall into windows that begin before them', ten, ['a@-0.001 a@-10 $', 'a[-10,0)=2']],
  ['a negative time just below a window is in the one before', ten, ['a@-10.001 $', 'a[-20,-10)=1']],
  ['equal times are all counted', ten, ['a@3 a@3 a@3 $', 'a[0,10)=3']],
  ['an offset shifts the grid', tumbling({ size: '10s', offset: '3s' }), ['a@2.999 a@3 $', 'a[-7,3)=1 a[3,13)=1']],
  ['no rows, no windows', ten, ['$', '']],
  ['a watermark that jumps over many windows shows each once, in order', ten, ['b@15 a@1', '', 'a@1'], ['a@41 a@1000', 'b[10,20)=1 a[40,50)=1']],
]

describe.each(ways.map((way) => ({ name: way[0], way })))('5.1 to 5.3 edges, with $name', ({ way }) => {
  test.each(table.map(([reason, window, ...steps]) => ({ reason, window, steps })))('$reason', ({ window, steps }) => checkLine(way, window, steps))
})

test.each([
  ['tumbling size 0', () => tumbling({ size: 0 }), 'got 0'],
  ['tumbling negative', () => tumbling({ size: -1 }), 'got -1'],
  ['tumbling NaN', () => tumbling({ size: Number.NaN }), 'got NaN'],
  ['tumbling words', () => tumbling({ size: 'soon' }), 'got "soon"'],
  ['tumbling too long', () => tumbling({ size: '40000 days' }), 'got "40000 days"'],
  ['tumbling offset', () => tumbling({ size: '1s', offset: '1s' }), 'got 1000 ms'],
  ['tumbling zone', () => tumbling({ size: '1 day', timeZone: 'Europe/Atlantis' }), 'got "Europe/Atlantis"'],
  ['tumbling hours in a zone', () => tumbling({ size: '1 hour', timeZone: 'Europe/Paris' }), 'got 3600000 ms'],
])('nonsense is refused with its value: %s', (_what, make, message) => {
  expect(make).toThrow(message)
})
