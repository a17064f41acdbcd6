import type { Ticket } from '@tickets/core'
import { type CrashEverywhereOptions, crashEverywhere, eachStep, messagesOf, type World } from '@tickets/core/testing'
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

const ticket = (i: number): Ticket => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 3)}`,
  created_at: new Date(Date.UTC(2026, 10, 21, 12, 0, 20 * i)),
  request: `request ${i}`,
  request_type: i % 2 ? 'billing' : 'technical',
  priority: 'high',
})
/** Tickets of two partitions. */
export const partitions = () => [messagesOf([0, 1, 3, 4].map(ticket)), messagesOf([2, 5, 6].map(ticket))]
