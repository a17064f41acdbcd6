import { inject } from 'vitest'
import type {} from './global-setup.ts'

/**
 * The addresses of the run's one broker, or null where none can be had: then it says what is left out, and with `CI=true` it rejects.
 *
 * @example
 * const brokers = await sharedBroker('the Kafka source'); describe.skipIf(!brokers)('…', () => {})
 */
export async function sharedBroker(what: string): Promise<string[] | null> {
  const answer = await fetch(inject('brokerLender'), { signal: AbortSignal.timeout(300_000) })
  if (!answer.ok) throw new Error(await answer.text())
  const lent = (await answer.json()) as { brokers: string[] } | { reason: string }
  if ('brokers' in lent) return lent.brokers
  if (process.env.CI === 'true') throw new Error(lent.reason)
  console.warn(`Left out: the tests of ${what}. ${lent.reason}`)
  return null
}
