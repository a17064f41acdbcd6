import { expect, test } from 'vitest'
import { measureAll, recorded } from '../../scripts/release/sizes.ts'

const now = await measureAll()
const record = recorded()
/** Written down anew with `node scripts/release/sizes.ts`, so that a reviewer sees what a change costs. */
const DRIFT = 0.03

test('the record of sizes names what the packages offer to import', () => {
  expect(Object.keys(record).sort()).toEqual(Object.keys(now).sort())
})

test.each(Object.entries(now))('%s is within its budget, and about as large as on record', (name, { gzip }) => {
  const { gzip: before = 0, budget = 0 } = record[name] ?? {}
  expect(gzip).toBeLessThanOrEqual(budget)
  expect(Math.abs(gzip - before) / before, `run node scripts/release/sizes.ts: ${before} bytes on record, now ${gzip}`).toBeLessThan(DRIFT)
})
