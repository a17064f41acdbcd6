import { expect, it } from 'vitest'
import type { LogRecord } from '../connectors/commit-log.ts'
import type { CommittedRange } from '../connectors/telemetry.ts'
import { countsOfTask } from '../records/totals.ts'
import { RangeReport, type ReportedRange } from './range-report.ts'
import { RunEvents } from './run-events.ts'

const steps = { stage: { start: 1, end: 2 }, record: { start: 2, end: 3 }, publish: { start: 3, end: 4 } }
const cut = { read: { start: 0, end: 1 }, eventTime: 50, brokerTime: 60 }

const record = (n: number, rows: number, more: Partial<LogRecord> = {}): LogRecord => ({
  n,
  attempt: 'a',
  files: {},
  body: { counts: { rows, rejected: 0, late: { 'w/windowed': n }, written: { all: rows } } },
  ...more,
})

function world() {
  const events = new RunEvents()
  const seen: CommittedRange[] = []
  events.watch({ watch: () => ({ committed: (range) => seen.push(range) }) }, {} as never, () => {})
  const context = { clock: { now: () => 99, sleep: async () => {} }, events, reported: new Map<string, ReportedRange>() }
  const open = (attempt = 'a') => new RangeReport(context, { task: 't-0', partition: 't-0', attempt, counted: countsOfTask })
  return { seen, open }
}

it('reports what the record counts beyond the one before, with files, steps and times', () => {
  const { seen, open } = world()
  const report = open()
  report.recovered(record(3, 100, { attempt: 'of another process' }), 7)
  expect(seen).toEqual([])
  const files = { all: { files: [{ bytes: 10 }, { bytes: 5 }] }, topic: { bytes: 8, rows: 2 } }
  report.committed({ record: record(4, 130, { files }), steps }, cut, 9)
  expect(seen).toEqual([
    {
      task: 't-0',
      partition: 't-0',
      n: 4,
      at: 99,
      rows: 30,
      rejected: 0,
      unmapped: 0,
      refused: 0,
      expired: 0,
      late: { 'w/windowed': 1 },
      written: { all: { rows: 30, files: 2, bytes: 15 }, topic: { rows: 0, files: 0, bytes: 8 } },
      steps: { read: cut.read, ...steps },
      eventTime: 50,
      brokerTime: 60,
      stateBytes: 9,
    },
  ])
})

it('reports a range that the attempt before has recorded and has not published', () => {
  const { seen, open } = world()
  const first = open('a')
  first.recovered(null, 0)
  first.committed({ record: record(0, 10), steps }, cut, 0)
  // The attempt `a` has recorded range 1, and its publication failed.
  const second = open('b')
  second.recovered(record(1, 25), 0)
  second.committed({ record: record(2, 30, { attempt: 'b' }), steps }, cut, 0)
  expect(seen.map(({ n, rows }) => [n, rows])).toEqual([
    [0, 10],
    [1, 15],
    [2, 5],
  ])
  expect(seen[1]).toMatchObject({ steps: {}, eventTime: null, brokerTime: null })
})

it('leaves to another process what that has committed', () => {
  const { seen, open } = world()
  const first = open('a')
  first.recovered(null, 0)
  first.committed({ record: record(0, 10), steps }, cut, 0)
  open('b').recovered(record(5, 70, { attempt: 'of another process' }), 0)
  expect(seen.map(({ rows }) => rows)).toEqual([10])
})

it('reports no range twice when a lost attempt ends late', () => {
  const { seen, open } = world()
  const first = open('a')
  first.recovered(null, 0)
  open('b').recovered(record(0, 10), 0)
  first.committed({ record: record(0, 10), steps }, cut, 0)
  expect(seen.map(({ n, rows }) => [n, rows])).toEqual([[0, 10]])
})

it('gives the newest event time where the range moved it', () => {
  const report = world().open()
  const range = { begun: 5, brokerTime: 70 }
  expect(report.cut(range, null)).toEqual({ read: { start: 5, end: 99 }, eventTime: null, brokerTime: 70 })
  expect(report.cut(range, 40).eventTime).toBe(40)
  expect(report.cut(range, 40).eventTime).toBeNull()
})
