import { expect, it } from 'vitest'
import { GENERATOR_DISORDER, integer, planOf, type TicketOptions } from './options.ts'

it('fills in what is not given', () => {
  expect(planOf({})).toEqual({
    seed: 1,
    tickets: Number.POSITIVE_INFINITY,
    partitions: 3,
    start: Date.UTC(2026, 0, 1),
    spacing: 20,
    disorder: GENERATOR_DISORDER,
  })
})

it('takes durations and instants in any of their forms', () => {
  expect(planOf({ spacing: '2 seconds', disorder: 0, tickets: 0, seed: -5 })).toMatchObject({ spacing: 2000, disorder: 0, tickets: 0, seed: -5 })
  const noon = Date.UTC(2026, 5, 1, 12)
  for (const start of ['2026-06-01T12:00:00Z', '2026-06-01T14:00:00+02:00', new Date(noon)]) expect(planOf({ start }).start).toBe(noon)
})

it.each<[TicketOptions, string]>([
  [{ seed: 1.5 }, 'seed is an integer, got 1.5'],
  [{ seed: 2 ** 53 }, 'seed is an integer, got 9007199254740992'],
  [{ tickets: -1 }, 'tickets is an integer from 0, got -1'],
  [{ tickets: Number.POSITIVE_INFINITY }, 'tickets is an integer from 0, got Infinity'],
  [{ partitions: 0 }, 'partitions is an integer from 1, got 0'],
  // A date without an offset is another instant on another machine.
  [{ start: '2026-01-01' }, 'got "2026-01-01"'],
  [{ start: '2026-01-01T00:00:00' }, 'with Z or an offset'],
  [{ start: '2026-13-01T00:00:00Z' }, 'got "2026-13-01T00:00:00Z"'],
  [{ start: new Date(Number.NaN) }, 'start is an instant'],
  [{ disorder: 'soon' }, '"soon"'],
  [{ spacing: -1 }, 'spacing'],
])('refuses %o', (options, says) => {
  expect(() => planOf(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }))
})

it('tells the least that an integer may be, where there is one', () => {
  expect(integer('n', 2, 2)).toBe(2)
  expect(() => integer('n', 1, 2)).toThrow('n is an integer from 2, got 1')
  expect(() => integer('n', '3' as never, 2)).toThrow('got 3')
})
