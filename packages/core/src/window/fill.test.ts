import { describe, expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import type { Json } from '../base/json.ts'
import { windowed } from '../operators/windowed.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { partialKey } from './engine/partial-key.ts'
import { zeroFill } from './fill.ts'
import { session } from './session.ts'
import { tumbling } from './tumbling.ts'

const ten = tumbling({ size: '10s' })
const gap5 = session({ gap: '5s' })

describe('fill: zero', () => {
  const filled = (more: object = {}) =>
    windowed<Ticket, 'priority', { n: ReturnType<typeof count> }>(ten, { by: 'priority', aggregate: { n: count() }, fill: 'zero', ...more })
  const zeros = (from: number) => ['critical', 'high', 'low', 'medium'].map((key) => `${key}[${from},${from + 10})=0`).join(' ')

  test('fills keys and windows from the first to the last shown', () => {
    scenario(Ticket, filled())
      .feed('low@1 low@31')
      .emits('critical[0,10)=0 high[0,10)=0 low[0,10)=1 medium[0,10)=0')
      .feed('$')
      .emits(`${zeros(10)} ${zeros(20)} critical[30,40)=0 high[30,40)=0 low[30,40)=1 medium[30,40)=0`)
  })

  test('a gap longer than maxFill stays open', () => {
    scenario(Ticket, filled({ maxFill: 1 }))
      .feed('low@1 X low@1000 X $')
      .emits(`critical[0,10)=0 high[0,10)=0 low[0,10)=1 medium[0,10)=0 ${zeros(10)} ${zeros(1000).replace('low[1000,1010)=0', 'low[1000,1010)=1')}`)
  })

  test('needs enums and windows in a row', () => {
    const byText = windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }>(ten, { by: 'client_id', aggregate: { n: count() }, fill: 'zero' })
    expect(() => scenario(Ticket, byText)).toThrow('"client_id" is of kind string')
    expect(() => windowed<Ticket>(gap5, { aggregate: {}, fill: 'zero' })).toThrow('session')
  })
})

describe('zeroFill', () => {
  const windowOf = (text: string) => {
    const [start = 0, end = 0] = JSON.parse(text) as number[]
    return [start / 1000, end / 1000]
  }
  const at = (second: number) => partialKey({ start: second * 1000, end: (second + 10) * 1000 }, ['a'])

  test('gives each window once, however often one of its keys is new', () => {
    const fill = zeroFill(ten, () => [['a']], 10)
    let shown: Json | null = null
    const missing = (...seconds: number[]) => {
      const found = fill(shown, seconds.map(at))
      shown = JSON.parse(JSON.stringify(found.shown)) as Json
      return found.missing.map(({ key }) => windowOf(key)[0])
    }
    expect(missing(20, 20)).toEqual([20])
    expect(missing(20)).toEqual([])
    expect(missing(50, 20)).toEqual([30, 40, 50])
    expect([missing(30), missing(50), missing(20)]).toEqual([[], [], []])
    expect(missing(0)).toEqual([0, 10])
    expect([missing(0), missing(10)]).toEqual([[], []])
  })

  test('refuses windows that do not follow each other', () => {
    expect(() => zeroFill(gap5, () => [], 1)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
