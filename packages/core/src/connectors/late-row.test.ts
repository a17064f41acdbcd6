import { expect, test } from 'vitest'
import { Batch } from '../batch/batch.ts'
import { LateRow } from './late-row.ts'

const row: LateRow = {
  flow: 'counts',
  operator: 'windowed',
  partition: 't-0',
  event_time: new Date(1),
  watermark: new Date(2),
  windows: '[["1970-01-01T00:00:00.000Z","1970-01-01T00:00:10.000Z"]]',
  position: 2 ** 40,
  row: '{"a":1}',
}

test('is a row as any other, with the event time of the row that was late', () => {
  expect(Batch.of(LateRow, [row]).toArray()).toEqual([row])
  expect(LateRow.time).toBe('event_time')
})

test('is read back from JSON', () => {
  const { batch, rejected } = LateRow.decode([{ value: new TextEncoder().encode(JSON.stringify(row)), offset: 0 }])
  expect([batch.toArray(), rejected]).toEqual([[row], []])
})

// Datasets of late rows hold these columns: another column or kind needs a new version.
test('version 1 has these columns, none of them without a value', () => {
  const { name, version, fields } = LateRow
  expect([name, version, fields.map((field) => `${field.name}:${field.kind}`)]).toEqual([
    'late_row',
    1,
    [
      'flow:string',
      'operator:string',
      'partition:string',
      'event_time:instant',
      'watermark:instant',
      'windows:string',
      'position:integer',
      'row:string',
    ],
  ])
  expect(fields.filter(({ optional, nullable }) => optional || nullable)).toEqual([])
})
