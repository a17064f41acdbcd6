import { type CrashEverywhereOptions, crashEverywhere, eachStep, type World } from '@tickets/core/testing'
import { expect } from 'vitest'

/** Crashes at each step of one commit of the second range, and at some of the others. All of them take minutes: CRASH=all. */
export async function someCrashes<W extends World>(options: Omit<CrashEverywhereOptions<W>, 'crashes'>): Promise<void> {
  const { steps } = await crashEverywhere({ ...options, crashes: [] })
  const first = steps.findIndex((step) => step.endsWith('append memory-0/1'))
  expect(first).toBeGreaterThan(0)
  const some = [...eachStep(steps.length)].filter(
    ([crash]) => crash && (Math.abs(crash.step - 1 - first) <= 2 || (crash.step % 18 === 0 && crash.when === 'after')),
  )
  const report = await crashEverywhere({ ...options, ...(process.env.CRASH === 'all' ? {} : { crashes: some }) })
  expect(report.crashes).toBeGreaterThan(10)
}
