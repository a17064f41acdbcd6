import { expect, it } from 'vitest'
import { ago, bounds, bytes, clock, count, rate, share, span, things } from './format.ts'

const NOW = Date.parse('2026-03-05T12:00:30Z')
const MINUTE = 60_000

it.each([
  [count(12_345), '12,345'],
  [count(null), '–'],
  [things(1, 'row'), '1 row'],
  [things(2_000, 'row'), '2,000 rows'],
  [rate(null), '–'],
  [rate(3.14), '3.1/s'],
  [rate(1234.5), '1,235/s'],
  [share(1, 300), '0.3 %'],
  [share(0, 0), ''],
  [bytes(999), '999 B'],
  [bytes(3_400_000), '3.4 MB'],
  [bytes(67_108_864), '67 MB'],
  [span(250), '250 ms'],
  [span(4_100), '4.1 s'],
  [span(40_000), '40 s'],
  [span(180_000), '3 min'],
  [span(7_200_000), '2 h'],
  [span(3 * 86_400_000), '3 days'],
  [ago(null, NOW), '–'],
  [ago(NOW - 400, NOW), 'now'],
  [ago(NOW - 4_900, NOW), '4 s ago'],
  [clock(NOW, NOW), '12:00:30'],
  [clock(NOW - 86_400_000, NOW), '2026-03-04 12:00:30'],
  [bounds(NOW - 90_000, NOW - 30_000, NOW), '11:59–12:00'],
  [bounds(NOW - 5_000, NOW, NOW), '12:00:25–12:00:30'],
  [bounds(NOW - 30_000 - 1440 * MINUTE, NOW - 30_000 - 1439 * MINUTE, NOW), '2026-03-04 12:00–12:01'],
  [bounds(Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z'), NOW), '0001-01-01 00:00:00–9999-12-31 23:59:59'],
])('says %s', (made, expected) => {
  expect(made).toBe(expected)
})
