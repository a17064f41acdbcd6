import { expect, test } from 'vitest'
import type { Backfill } from '../../records/backfill-record.ts'
import type { ChangedRecord, Standpoint } from './change-record.ts'
import { coverageOf, earlierBackfills, isFilledBy, isTold } from './coverage.ts'

const at = (to: number): Standpoint => ({ heads: { 't-0': { n: 1, watermark: null, idle: false, ended: false, to } }, merged: -1 })
const record = {
  partitions: [{ id: 't-0', start: 100 }],
  spans: {
    old: [{ from: null, to: null }],
    joined: [{ from: at(200), to: null }],
    back: [
      { from: null, to: at(150) },
      { from: at(200), to: null },
    ],
  },
  unnoted: ['old'],
} as unknown as ChangedRecord
const backfill = (name: string, from: number, to: number, more: Partial<Backfill> = {}): Backfill => ({
  name,
  parts: [{ task: `${name}-0`, partition: 't-0', from, to }],
  ...more,
})
const ranges = (flow: string, all: readonly Backfill[] = [], partition = 't-0') =>
  coverageOf(record, all, flow, partition).map(({ from, to }) => [from, to])

test('a flow has what was read while it ran', () => {
  expect(ranges('old')).toEqual([[100, undefined]])
  expect(ranges('joined')).toEqual([[200, undefined]])
  expect(ranges('back')).toEqual([
    [100, 150],
    [200, undefined],
  ])
  // A partition that was added later is read from its first position.
  expect(ranges('old', [], 't-1')).toEqual([[undefined, undefined]])
})

test('a flow has the backfills that were of it; those that do not say are of the flows that there were', () => {
  const all = [backfill('first', 0, 50), backfill('fill', 0, 200, { flows: ['joined'] })]
  expect(ranges('old', all)).toEqual([
    [100, undefined],
    [0, 50],
  ])
  expect(ranges('joined', all)).toEqual([
    [200, undefined],
    [0, 200],
  ])
  expect(all.map((one) => isFilledBy(one, 'joined', record))).toEqual([false, true])
})

test('an invalid message becomes a dead letter in the pipeline from its beginning on, and before that in the first backfill that reads it', () => {
  const earlier = [backfill('first', 40, 60)]
  expect([99, 100, 300].map((offset) => isTold(record, [], 't-0', offset))).toEqual([false, true, true])
  expect([39, 40, 59, 60].map((offset) => isTold(record, earlier, 't-0', offset))).toEqual([false, true, true, false])
  // The pipeline's own tasks tell of all of a partition that was added.
  expect(isTold(record, [], 't-1', 0)).toBe(true)
})

test('of two backfills exactly one is the earlier one', () => {
  const own = ['a', 'b'].map((name) => backfill(name, 0, 1))
  const fills = [backfill('f', 0, 1, { after: ['a'] }), backfill('g', 0, 1, { after: ['a', 'b'] })]
  const before = (one: Backfill) => earlierBackfills(own, fills, one).map(({ name }) => name)
  const all = [...own, ...fills]
  expect(all.map((one) => before(one).sort())).toEqual([[], ['a', 'f'], ['a'], ['a', 'b', 'f']])
  for (const one of all) for (const two of all) if (one !== two) expect(before(one).includes(two.name)).toBe(!before(two).includes(one.name))
})
