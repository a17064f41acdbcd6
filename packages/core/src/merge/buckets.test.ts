import { expect, test } from 'vitest'
import { WindowBuckets } from './buckets.ts'
import type { Display } from './emission.ts'

const parts = (rows: number) => [['t-0', { rows, closed: true, acc: [rows] }]] as const
const updates = () => new WindowBuckets('f/w', { shows: 'updates' } as Display)

test('an entry that a later snapshot says was shown waits no more', () => {
  const windows = updates()
  windows.put('a', 10, -1, true, parts(1) as never)
  expect(windows.waiting).toBe(1)
  windows.put('a', 10, 0, false, parts(1) as never)
  expect(windows.waiting).toBe(0)
  expect(windows.find(10)?.entries.get('a')).toMatchObject({ revision: 0, dirty: false })
})

test('a key that a snapshot of version 1 releases is not shown, though its change was to be', () => {
  const windows = updates()
  windows.put('a', 10, -1, true, parts(1) as never)
  windows.put('b', 10, 0, false, parts(2) as never)
  windows.dropKey('a')
  const bucket = windows.find(10)
  expect([...(bucket?.entries.keys() ?? [])]).toEqual(['b'])
  expect(bucket?.changed.map(({ key, dirty }) => [key, dirty])).toEqual([['a', false]])
  windows.dropKey('b')
  expect(windows.find(10)).toBeUndefined()
})
