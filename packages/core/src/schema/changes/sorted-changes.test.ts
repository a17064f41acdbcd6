import { expect, test } from 'vitest'
import { type Given, messages, Plan } from './changes.fixture.ts'
import { type LastDelete, SortedChanges } from './sorted-changes.ts'

const key = Plan.fields[0] ?? expect.fail()
const sorted = (given: readonly Given[], isDebezium: boolean, before: LastDelete | null = null) =>
  new SortedChanges(messages(given), { isDebezium, key, needsTime: true }, before)
const row = { client_id: 'a', n: 1 }

test('takes values for rows, and messages without one for deletions', () => {
  const { standing, gone, wrong, last } = sorted(
    [
      ['a', row, 5],
      ['a', null, 6],
      [null, null, 7],
    ],
    false,
  )
  expect(standing.of(messages([]))).toMatchObject({ length: 1, timestamps: Float64Array.of(5) })
  expect(gone).toEqual([
    { at: 1, time: 6, key: { value: 'a' } },
    { at: 2, time: 7, key: { issue: 'the message has no key' } },
  ])
  expect([wrong.size, last]).toEqual([0, null])
})

test('takes the time of the database for rows and deletions of Debezium', () => {
  const event = (op: string, more: object) => ({ op, before: null, after: null, source: { ts_ms: 50 }, ...more })
  const given: Given[] = [
    ['k', event('c', { after: row }), 90],
    ['{"client_id":"k"}', event('d', { before: { client_id: 'a', n: null } }), 91],
    ['{"client_id":"k"}', event('d', {}), 92],
  ]
  const { standing, gone } = sorted(given, true)
  expect(standing.of(messages(given)).timestamps).toEqual(Float64Array.of(50))
  expect(gone).toEqual([
    { at: 1, time: 50, key: { value: 'a' } },
    { at: 2, time: 50, key: { value: 'k' } },
  ])
})

test('says why an event is no change of a row', () => {
  const { wrong } = sorted(
    [
      ['k', { op: 't' }],
      ['k', { op: 'm' }],
      ['k', { op: 'c', after: null }],
      ['k', row],
      ['k', 'x'],
    ],
    true,
  )
  expect([...wrong.values()].map((why) => why.slice(0, 30))).toEqual([
    'the table was truncated, and n',
    'not a change of a row: op m',
    'not an event of Debezium: op c',
    'not an event of Debezium: no J',
    'not an event of Debezium: no J',
  ])
})

test('takes a tombstone right after the deletion of its key for the same deletion, also in the next piece', () => {
  const gone = { op: 'd', before: { client_id: 'a' }, source: { ts_ms: 50 } }
  const first = sorted([['a', gone, 90]], true)
  expect(first.last).toEqual({ key: 'YQ==', time: 50 })
  expect(sorted([['a', null, 91]], true, first.last).gone).toMatchObject([{ time: 50 }])
  expect(sorted([['b', null, 91]], true, first.last).gone).toMatchObject([{ time: 91 }])
  const between: Given[] = [
    ['a', gone, 90],
    ['a', { op: 'c', after: row, source: { ts_ms: 60 } }, 91],
    ['a', null, 92],
  ]
  expect(sorted(between, true)).toMatchObject({ gone: [{ time: 50 }, { time: 92 }], last: null })
})
