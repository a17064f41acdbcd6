import { describe, expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { Json } from '../../base/json.ts'
import type { Display } from '../../merge/emission.ts'
import { PartitionClock } from '../../time/watermark.ts'
import { rowsOf } from '../../window/engine/rows.fixture.ts'
import type { Window } from '../../window/engine/window.ts'
import { session } from '../../window/session.ts'
import { tumbling } from '../../window/tumbling.ts'
import { defineWindowed } from './definition.ts'
import { emissionReader, streamWindows } from './stream-windows.ts'
import type { Result } from './window-rows.ts'

const define = (window: Window) => defineWindowed(window, { by: 'key', aggregate: { n: count() } } as never)
const make = (window: Window, shows: Display['shows'] = 'final', keepsState = true) =>
  streamWindows(define(window), { shows } as Display, { keepsState })
const shown = (results: readonly Result[]) =>
  results.map(
    ({ interval, values, results: { n }, revision, final }) => `${values[0]}[${interval.start},${interval.end})=${n}#${revision}${final ? '' : '~'}`,
  )
const written = (json: Json | null) => JSON.parse(JSON.stringify(json)) as Json
const kinds: readonly (readonly [string, Window, string])[] = [
  ['tumbling', tumbling({ size: 10 }), 'a[0,10)=2#0'],
  ['session', session({ gap: 5 }), 'a[1,8)=2#0'],
]

describe.each(kinds)('%s windows of one stream', (_, window, closed) => {
  test('are emitted once, when the watermark closes them', () => {
    const windows = make(window)
    windows.add(
      rowsOf([
        ['a', 1],
        ['a', 3],
        ['b', 30],
      ]),
    )
    expect(shown(windows.advance(2))).toEqual([])
    expect(shown(windows.advance(30))).toEqual([closed])
    expect(shown(windows.advance(30))).toEqual([])
    expect(windows.advance(Number.POSITIVE_INFINITY)).toMatchObject([{ values: ['b'], final: true }])
    expect(windows.advance(Number.POSITIVE_INFINITY)).toEqual([])
  })

  test('return the rows that are late', () => {
    const windows = make(window)
    expect(
      windows.add(
        rowsOf([
          ['a', 30],
          ['a', 1],
        ]),
      ),
    ).toMatchObject([{ row: 1, watermark: 30 }])
  })

  test('come back from snapshots: what was emitted is not emitted again, and what was open is whole', () => {
    const clock = new PartitionClock(0)
    const windows = make(window)
    const snapshots = [written(windows.snapshot(true))]
    windows.add(
      rowsOf(
        [
          ['a', 1],
          ['b', 30],
        ],
        clock,
      ),
    )
    windows.advance(4)
    snapshots.push(written(windows.snapshot(false)))
    const half = make(window)
    for (const snapshot of snapshots) if (snapshot !== null) half.restore(snapshot)
    const again = new PartitionClock(0)
    half.add(rowsOf([['a', 3]], again))
    expect(shown(half.advance(30))).toEqual([closed])
    snapshots.push(written(half.snapshot(false)))
    const back = make(window)
    for (const snapshot of snapshots) if (snapshot !== null) back.restore(snapshot)
    expect(shown(back.advance(30))).toEqual([])
    expect(back.advance(Number.POSITIVE_INFINITY)).toMatchObject([{ values: ['b'], results: { n: 1 } }])
  })

  test('refuse the state of another version', () => {
    for (const json of [null, {}, { add: [] }] as const)
      expect(() => make(window).restore(json)).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
  })
})

test.each([[true], [false]])('each change is emitted once, the last one as final, whether state is kept (%s) or not', (keepsState) => {
  const windows = make(tumbling({ size: 10 }), 'updates', keepsState)
  const clock = new PartitionClock(0)
  const step = (rows: readonly (readonly [string, number])[], watermark: number) => {
    windows.add(rowsOf(rows, clock))
    const results = shown(windows.advance(watermark))
    if (keepsState) windows.snapshot(false)
    return results
  }
  expect(step([['a', 1]], 1)).toEqual(['a[0,10)=1#0~'])
  expect(step([], 1)).toEqual([])
  expect(step([['a', 2]], 2)).toEqual(['a[0,10)=2#1~'])
  expect(step([['b', 12]], 12)).toEqual(['a[0,10)=2#2', 'b[10,20)=1#0~'])
  expect(step([], Number.POSITIVE_INFINITY)).toEqual(['b[10,20)=1#1'])
})

test('an emission of several tasks is one result', () => {
  const read = emissionReader(define(tumbling({ size: 10 })).accumulators)
  const emission = { key: '[0,10,"a"]', accs: [[2], [3]], revision: 4, final: false, rows: 5 }
  expect(read(emission)).toEqual({ interval: { start: 0, end: 10 }, values: ['a'], results: { n: 5 }, revision: 4, final: false })
})
