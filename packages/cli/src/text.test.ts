import { expect, test } from 'vitest'
import { ago, columns, count, size } from './text.ts'

test('bytes have a unit and one decimal at most', () => {
  expect([0, 1, 1023, 1024, 1536, 2 ** 20, 5 * 2 ** 30, 2 ** 50].map(size)).toEqual([
    '0 B',
    '1 B',
    '1,023 B',
    '1 KiB',
    '1.5 KiB',
    '1 MiB',
    '5 GiB',
    '1,024 TiB',
  ])
})

test('numbers have commas', () => {
  expect([count(1_000_000), count(0.25)]).toEqual(['1,000,000', '0.3'])
})

test('columns are as wide as their longest text, and lines end without blanks', () => {
  expect(
    columns(
      ['task', 'rows', ''],
      [
        ['tickets-0', '1', 'a long remark'],
        ['t', '1,000', ''],
      ],
    ),
  ).toBe('task       rows\ntickets-0  1      a long remark\nt          1,000\n')
})

test('columns take any number of rows', () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [String(i), 'x'])
  expect(columns(['message', ''], rows)).toHaveLength('message\n'.length + 200_000 * '199999   x\n'.length)
})

test('a time that has passed is in the unit that fits', () => {
  const now = new Date('2026-11-30T12:00:00Z')
  const at = (seconds: number) => ago(new Date(now.getTime() - seconds * 1000), now)
  expect([0, 59, 119, 120, 7200, 200_000, -5].map(at)).toEqual(['0 s ago', '59 s ago', '119 s ago', '2 min ago', '2 h ago', '2 d ago', '0 s ago'])
})
