import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { Json } from '../../base/json.ts'
import { Accumulators } from '../groups/accumulators.ts'
import { rowsOf } from './rows.fixture.ts'
import { SlidingEngine } from './sliding-engine.ts'

const engine = () => new SlidingEngine(10, 0, { by: ['key'], accumulators: new Accumulators({ n: count() }), maxKeys: 10 })
const closed = (windows: SlidingEngine, watermark: number) =>
  windows.close(watermark).map(({ interval, values, rows }) => [values[0], interval.start, interval.end, rows])

test('rows of a key at one instant are held once, and each window is returned once', () => {
  const windows = engine()
  windows.add(
    rowsOf([
      ['a', 20],
      ['a', 20],
      ['a', 25],
    ]),
  )
  expect(windows.held).toBe(2)
  expect(closed(windows, 21)).toEqual([['a', 10, 20, 2]])
  expect(closed(windows, 100)).toEqual([
    ['a', 15, 25, 3],
    ['a', 21, 31, 1],
  ])
  expect(windows.held).toBe(0)
})

test('a snapshot holds the moments that changed, and comes back to the same windows', () => {
  const windows = engine()
  windows.add(rowsOf([['a', 20]]))
  const snapshots: (Json | null)[] = [windows.snapshot(true)]
  windows.add(rowsOf([['a', 25]]))
  expect(closed(windows, 21)).toEqual([['a', 10, 20, 1]])
  snapshots.push(windows.snapshot(false))
  expect(snapshots[1]).toEqual({ drop: [], set: [[['a'], 21, [[25, 1, [1]]]]] })

  const restored = engine()
  for (const snapshot of snapshots) restored.restore(JSON.parse(JSON.stringify(snapshot)) as Json)
  expect(restored.held).toBe(2)
  expect(closed(restored, 100)).toEqual(closed(windows, 100))
})
