import { expect, test } from 'vitest'
import { Batch } from '../../batch/batch.ts'
import { Row, rowsOf } from '../../window/engine/rows.fixture.ts'
import { lateRows } from './late-rows.ts'

const at = { flow: 'f', partition: 't-0' }
const rows = rowsOf([
  ['a', 30],
  ['b', 5],
])

test('says where each late row came from, what it missed, and holds the row', () => {
  const windows = [
    { start: 0, end: 10 },
    { start: 5, end: 15 },
  ]
  expect(lateRows(at, 'counts', rows, [{ row: 1, watermark: 30, windows }]).toArray()).toEqual([
    {
      flow: 'f',
      operator: 'counts',
      partition: 't-0',
      event_time: new Date(5),
      watermark: new Date(30),
      windows: JSON.stringify(windows.map(({ start, end }) => [new Date(start), new Date(end)])),
      position: 1,
      row: '{"key":"b","at":"1970-01-01T00:00:00.005Z"}',
    },
  ])
})

test('gives one row for each late one, in their order', () => {
  const late = [1, 0, 1].map((row) => ({ row, watermark: 30, windows: [] }))
  expect(
    lateRows(at, 'counts', rows, late)
      .toArray()
      .map(({ position }) => position),
  ).toEqual([1, 0, 1])
})

test('cuts a watermark or bounds without an end to the last instants that a Date can hold', () => {
  const windows = [{ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }]
  const [row] = lateRows(at, 'counts', rows, [{ row: 0, watermark: Number.POSITIVE_INFINITY, windows }]).toArray()
  expect(row).toMatchObject({ watermark: new Date(8.64e15), windows: '[["-271821-04-20T00:00:00.000Z","+275760-09-13T00:00:00.000Z"]]' })
})

test('a batch made by hand has no positions', () => {
  const batch = Batch.of(Row, [{ key: 'a', at: new Date(1) }])
  expect(lateRows(at, 'counts', batch, [{ row: 0, watermark: 9, windows: [] }]).toArray()).toMatchObject([{ position: 0 }])
})
