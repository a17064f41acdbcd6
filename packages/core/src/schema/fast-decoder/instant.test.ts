import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WideStore } from '../../store/stores.ts'
import { instant } from '../../values/instant.ts'
import { bytesOf } from './decoders.fixture.ts'
import { instantReader } from './instant.ts'
import { UNSURE } from './read.ts'

const store = new WideStore(() => undefined)
const reader = instantReader(store)
const read = (text: string) => {
  const bytes = bytesOf(JSON.stringify(text))
  return reader(bytes, new DataView(bytes.buffer), 0, bytes.length, 0) === UNSURE ? UNSURE : store.get(0)
}

test('reads every instant of the years 0 to 9999 as Date does', () => {
  const [min, max] = [new Date('0000-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')]
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
      expect(read(date.toISOString())).toBe(date.getTime())
    }),
    { numRuns: 2000 },
  )
})

test.each(['2026-11-21T12:00:00+14:00', '2026-11-21T12:00:00.1-05:30', '2024-02-29T00:00:00Z', '2000-02-29T23:59:59.999999999Z'])(
  'reads %s',
  (text) => {
    expect(read(text)).toBe(instant().parse(text).getTime())
  },
)

test.each([
  '2026-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00.Z',
  '2026-01-01T00:00:00+1:00',
  '2026-01-01 00:00:00Z',
  '+002026-01-01T00:00:00Z',
])('leaves %s to zod', (text) => {
  expect(read(text)).toBe(UNSURE)
})

test.each([1900, 2000, 2023, 2024])('knows the last day of every month of %s', (year) => {
  for (let month = 1; month <= 12; month++)
    for (let day = 0; day <= 32; day++) {
      const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T00:00:00Z`
      const time = Date.UTC(year, month - 1, day)
      const isThere = new Date(time).getUTCMonth() === month - 1 && new Date(time).getUTCDate() === day
      expect(read(text), text).toBe(isThere ? time : UNSURE)
    }
})
