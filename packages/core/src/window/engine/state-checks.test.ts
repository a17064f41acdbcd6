import { expect, test } from 'vitest'
import { checkHeld, snapshotWith } from './state-checks.ts'

test('holds as much as allowed, and names what is too much', () => {
  expect(() => checkHeld('session', 2, 2)).not.toThrow()
  expect(() => checkHeld('session', 3, 2)).toThrow(
    expect.objectContaining({ code: 'STATE_LIMIT', message: expect.stringContaining('3 open sessions are more than the 2 allowed') }),
  )
})

test('returns a snapshot that has its lists', () => {
  const snapshot = { add: [1], drop: [], until: null }
  expect(snapshotWith(snapshot, 'add', 'drop')).toBe(snapshot)
})

test.each([null, 3, [], {}, { add: [] }, { add: [], drop: 1 }])('refuses a snapshot of another version: %j', (json) => {
  expect(() => snapshotWith(json, 'add', 'drop')).toThrow(
    expect.objectContaining({ code: 'OPERATOR_STATE', message: expect.stringContaining('`add` and `drop`') }),
  )
})
