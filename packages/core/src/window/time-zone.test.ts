import { describe, expect, test } from 'vitest'
import type { Window } from './engine/window.ts'
import { tumbling } from './tumbling.ts'

const hours = (window: Window, at: string) => {
  const [interval] = window.assign(Date.parse(at))
  return interval && [new Date(interval.start).toISOString(), (interval.end - interval.start) / 3_600_000]
}
const days = (timeZone: string, more: object = {}) => tumbling({ size: '1 day', timeZone, ...more })

describe('days by the clocks of a time zone', () => {
  test.each([
    ['winter in Paris', 'Europe/Paris', '2026-01-15T12:00:00Z', '2026-01-14T23:00:00.000Z', 24],
    ['summer in Paris', 'Europe/Paris', '2026-07-15T12:00:00Z', '2026-07-14T22:00:00.000Z', 24],
    ['the short day in March', 'Europe/Paris', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', 23],
    ['the long day in October', 'Europe/Paris', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', 25],
    ['the last millisecond of a day', 'Europe/Paris', '2026-10-25T22:59:59.999Z', '2026-10-24T22:00:00.000Z', 25],
    ['the first of the next', 'Europe/Paris', '2026-10-25T23:00:00.000Z', '2026-10-25T23:00:00.000Z', 24],
    ['west of Greenwich', 'America/New_York', '2026-01-15T03:00:00Z', '2026-01-14T05:00:00.000Z', 24],
    ['half an hour of daylight saving', 'Australia/Lord_Howe', '2026-04-05T00:00:00Z', '2026-04-04T13:00:00.000Z', 24.5],
    ['clocks that jump over midnight', 'America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00.000Z', 23],
    ['the day before that', 'America/Sao_Paulo', '2018-11-04T02:59:59Z', '2018-11-03T03:00:00.000Z', 24],
    ['clocks that go back at midnight', 'America/Sao_Paulo', '2018-02-18T02:30:00Z', '2018-02-17T02:00:00.000Z', 25],
    ['a day that a country skipped', 'Pacific/Apia', '2011-12-30T12:00:00Z', '2011-12-30T10:00:00.000Z', 24],
    ['before 1970', 'Europe/Berlin', '1945-05-24T12:00:00Z', null, null],
  ] as const)('%s', (_what, zone, at, start, length) => {
    const found = hours(days(zone), at)
    if (start !== null) expect(found).toEqual([start, length])
    else expect(Date.parse(found?.[0] as string)).toBeLessThanOrEqual(Date.parse(at))
  })

  test.each([
    'Europe/Paris',
    'America/St_Johns',
    'Africa/Casablanca',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'America/Sao_Paulo',
    'Africa/Cairo',
    'Asia/Beirut',
  ])('%s: every instant of 25 years is in one window, and windows follow each other', (zone) => {
    const window = days(zone)
    let [last] = window.assign(Date.UTC(2000, 0, 1)) as [{ start: number; end: number }]
    while (last.end < Date.UTC(2025, 0, 1)) {
      const [next] = window.assign(last.end) as [{ start: number; end: number }]
      expect(next.start).toBe(last.end)
      expect(window.assign(next.end - 1)[0]).toEqual(next)
      expect((next.end - next.start) / 3_600_000).toBeGreaterThanOrEqual(22)
      expect((next.end - next.start) / 3_600_000).toBeLessThanOrEqual(26)
      last = next
    }
  })

  test('weeks from Monday on', () => {
    expect(hours(tumbling({ size: '7 days', offset: '4 days', timeZone: 'Europe/Paris' }), '2026-03-29T12:00:00Z')).toEqual([
      '2026-03-22T23:00:00.000Z',
      167,
    ])
  })

  test('UTC is a time zone', () => {
    expect(hours(days('UTC'), '1969-12-31T23:59:59.999Z')).toEqual(['1969-12-31T00:00:00.000Z', 24])
  })
})
