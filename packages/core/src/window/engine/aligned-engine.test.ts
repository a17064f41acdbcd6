import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { PartialAggregate } from '../../aggregate/partial-aggregate.ts'
import type { Json } from '../../base/json.ts'
import { PartitionClock } from '../../time/watermark.ts'
import { global } from '../global.ts'
import { Accumulators } from '../groups/accumulators.ts'
import { hopping } from '../hopping.ts'
import { tumbling } from '../tumbling.ts'
import { AlignedEngine } from './aligned-engine.ts'
import { partialKeyReader } from './partial-key.ts'
import { rowsOf } from './rows.fixture.ts'
import type { Window } from './window.ts'

const limits = { maxWindows: 100, maxKeys: 100 }
const ten = tumbling({ size: 10 })
const make = (window: Window = ten, of = limits) => new AlignedEngine(window, ['key'], new Accumulators({ n: count() }), of)
const read = partialKeyReader()
/** A partial as `key[start,end)=rows`, with `~` where the window is still open. */
const shown = (partials: readonly PartialAggregate[]) =>
  partials.map(({ key, rows, acc, closed }) => {
    const { interval, values } = read(key)
    expect(acc).toEqual([rows])
    return `${values[0]}[${interval.start},${interval.end})=${rows}${closed ? '' : '~'}`
  })
const cut = (engine: AlignedEngine, whole = false) => JSON.parse(JSON.stringify(engine.snapshot(whole))) as Json | null
function restored(cuts: readonly (Json | null)[], window?: Window): AlignedEngine {
  const engine = make(window)
  for (const json of cuts) if (json !== null) engine.restore(json)
  return engine
}

test('closes what the watermark closes, in order of end and key, each once', () => {
  const engine = make()
  engine.add(
    rowsOf(
      [
        ['b', 1],
        ['a', 12],
        ['a', 3],
        ['b', 5],
      ],
      new PartitionClock(100),
    ),
  )
  expect(engine.held).toBe(3)
  expect(shown(engine.partials(9, 'none'))).toEqual([])
  expect(shown(engine.partials(20, 'none'))).toEqual(['a[0,10)=1', 'b[0,10)=2', 'a[10,20)=1'])
  expect(shown(engine.partials(1000, 'all'))).toEqual([])
  expect(engine.held).toBe(0)
})

test('says when each partial is closed, grace included; one that never closes by time has no close time', () => {
  const rows = rowsOf([['a', 1]])
  const graced = make(tumbling({ size: 10, grace: 5 }))
  graced.add(rows)
  expect(graced.partials(15, 'none')).toMatchObject([{ due: 15, closed: true }])
  const whole = make(global())
  whole.add(rows)
  expect(whole.partials(1e15, 'all')).toMatchObject([{ due: null, closed: false }])
  expect(whole.partials(Number.POSITIVE_INFINITY, 'none')).toMatchObject([{ due: null, closed: true }])
})

test('of the open windows it gives all groups, those that changed since the last snapshot, or none', () => {
  const engine = make()
  engine.add(
    rowsOf([
      ['a', 1],
      ['b', 2],
    ]),
  )
  expect(shown(engine.partials(2, 'changed'))).toEqual(['a[0,10)=1~', 'b[0,10)=1~'])
  engine.snapshot(false)
  engine.add(rowsOf([['b', 3]]))
  expect(shown(engine.partials(3, 'none'))).toEqual([])
  expect(shown(engine.partials(3, 'changed'))).toEqual(['b[0,10)=2~'])
  expect(shown(engine.partials(3, 'all'))).toEqual(['a[0,10)=1~', 'b[0,10)=2~'])
})

test('a row that is late for some of its windows is counted in the others, and reported with those it missed', () => {
  const engine = make(hopping({ size: 10, advance: 5 }))
  const late = engine.add(
    rowsOf([
      ['a', 12],
      ['a', 7],
      ['a', 1],
    ]),
  )
  expect(late).toEqual([
    { row: 1, watermark: 12, windows: [{ start: 0, end: 10 }] },
    {
      row: 2,
      watermark: 12,
      windows: [
        { start: -5, end: 5 },
        { start: 0, end: 10 },
      ],
    },
  ])
  expect(shown(engine.partials(100, 'none'))).toEqual(['a[5,15)=2', 'a[10,20)=1'])
})

test('holds as many windows and groups as allowed, and names what is too much', () => {
  const rows = rowsOf(
    [
      ['a', 1],
      ['b', 1],
      ['a', 11],
    ],
    new PartitionClock(100),
  )
  expect(make(ten, { maxWindows: 2, maxKeys: 3 }).add(rows)).toEqual([])
  expect(() => make(ten, { maxWindows: 1, maxKeys: 3 }).add(rows)).toThrow('2 open windows are more than the 1 allowed')
  expect(() => make(ten, { maxWindows: 2, maxKeys: 2 }).add(rows)).toThrow('3 open groups are more than the 2 allowed')
})

describe('a snapshot', () => {
  test('holds what was counted since the last one, and the windows that closed', () => {
    const engine = make()
    expect(engine.snapshot(false)).toBeNull()
    engine.add(
      rowsOf([
        ['a', 1],
        ['b', 11],
      ]),
    )
    const cuts = [cut(engine)]
    engine.add(rowsOf([['b', 12]]))
    engine.partials(10, 'none')
    cuts.push(cut(engine))
    expect(cuts[1]).toEqual({ add: [[10, 20, ['b'], 1, [1]]], drop: [[0, 10]] })
    expect(engine.snapshot(false)).toBeNull()
    expect(cut(engine, true)).toEqual({ add: [[10, 20, ['b'], 2, [2]]], drop: [] })
    const back = restored(cuts)
    expect(back.held).toBe(1)
    expect(back.snapshot(false)).toBeNull()
    expect(shown(back.partials(100, 'none'))).toEqual(['b[10,20)=2'])
  })

  test('says nothing of a window that closed before it was in one', () => {
    const engine = make()
    engine.add(rowsOf([['a', 1]]))
    engine.partials(10, 'none')
    expect(engine.snapshot(false)).toBeNull()
  })

  test('of restored state takes back a window that closes', () => {
    const engine = make()
    engine.add(rowsOf([['a', 1]]))
    const back = restored([cut(engine)])
    back.partials(10, 'none')
    expect(cut(back)).toEqual({ add: [], drop: [[0, 10]] })
  })

  test('of another version is refused', () => {
    expect(() => make().restore({ set: [] })).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
  })
})

test('wherever it is cut and restored, each row is in a partial once or late', () => {
  const windows = [ten, tumbling({ size: 10, grace: 7 }), hopping({ size: 10, advance: 4 })]
  const step = fc.record({
    rows: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 60 })), { maxLength: 5 }),
    closes: fc.boolean(),
    cuts: fc.constantFrom('part', 'whole'),
    restarts: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.constantFrom(...windows), fc.array(step, { maxLength: 12 }), (window, steps) => {
      const clock = new PartitionClock(0)
      let engine = make(window)
      let cuts: (Json | null)[] = []
      const found = new Map<string, number>()
      const note = (partials: readonly PartialAggregate[]) => {
        for (const { key, rows } of partials) {
          expect(found.has(key)).toBe(false)
          found.set(key, rows)
        }
      }
      let [counted, missed] = [0, 0]
      for (const { rows, closes, cuts: how, restarts } of steps) {
        missed += engine.add(rowsOf(rows, clock)).reduce((sum, late) => sum + late.windows.length, 0)
        counted += rows.reduce((sum, [, time]) => sum + window.assign(time).length, 0)
        if (closes) note(engine.partials(clock.watermark, 'none'))
        if (how === 'whole') cuts = [cut(engine, true)]
        else cuts.push(cut(engine))
        if (restarts) engine = restored(cuts, window)
      }
      note(engine.partials(Number.POSITIVE_INFINITY, 'none'))
      expect([...found.values()].reduce((a, b) => a + b, 0) + missed).toBe(counted)
      expect(engine.held).toBe(0)
    }),
  )
})
