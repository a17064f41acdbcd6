import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { global } from '../global.ts'
import { hopping } from '../hopping.ts'
import { session } from '../session.ts'
import { sliding } from '../sliding.ts'
import { tumbling } from '../tumbling.ts'
import { closeTime, type Window } from './window.ts'

const grace = '3s'
const windows: readonly (readonly [string, () => Window])[] = [
  ['tumbling', () => tumbling({ size: '10s', offset: '3s', grace })],
  ['tumbling days of a zone', () => tumbling({ size: '1 day', timeZone: 'Europe/Paris', grace })],
  ['hopping', () => hopping({ size: '10s', advance: '4s', grace })],
  ['hopping with gaps between windows', () => hopping({ size: '4s', advance: '10s', grace })],
  ['global', () => global()],
  ['session', () => session({ gap: '10s', grace })],
  ['sliding', () => sliding({ size: '10s', grace })],
]
const time = fc.integer({ min: -2_000_000_000, max: 2_000_000_000 })

describe.each(windows)('%s', (name, make) => {
  const window = make()

  test('assigns each time to windows that hold it, in order of their start, each once', () => {
    fc.assert(
      fc.property(time, (at) => {
        const found = window.assign(at)
        if (!name.includes('gaps')) expect(found.length).toBeGreaterThan(0)
        for (const { start, end } of found) {
          expect(start).toBeLessThanOrEqual(at)
          // A sliding window includes its last instant.
          expect(end).toBeGreaterThanOrEqual(window.kind === 'sliding' ? at : at + 1)
        }
        const starts = found.map(({ start }) => start)
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b))
      }),
    )
  })

  test('assigns a time to the same windows whatever was assigned before', () => {
    fc.assert(
      fc.property(time, fc.array(fc.integer({ min: -15_000, max: 15_000 }), { maxLength: 5 }), (at, steps) => {
        const times = [at, ...steps.map((step) => at + step)]
        for (const one of times) expect(window.assign(one)).toEqual(make().assign(one))
      }),
    )
  })

  test('closes a window its grace after its end, and never while it takes rows that are in time', () => {
    fc.assert(
      fc.property(time, (at) => {
        for (const interval of window.assign(at)) {
          expect(closeTime(window, interval)).toBe(interval.end + window.grace)
          expect(closeTime(window, interval)).toBeGreaterThanOrEqual(at)
        }
      }),
    )
  })
})

describe.each(windows.filter(([, make]) => make().after))('%s', (_, make) => {
  const window = make()

  test('is followed by the next window that any time is in, and by no other', () => {
    fc.assert(
      fc.property(time, (at) => {
        const all = window.assign(at)
        const [first] = all
        if (!first) return
        const next = window.after?.(first)
        expect(next?.start).toBeGreaterThan(first.start)
        if (all[1]) expect(next).toEqual(all[1])
        // The last time that is in the first window and those before it, and the first one after.
        expect(window.assign((next?.start ?? 0) - 1)).not.toContainEqual(next)
        expect(window.assign(next?.start ?? 0)).toContainEqual(next)
      }),
    )
  })
})
