import { inject } from 'vitest'
import type {} from './global-setup.ts'

/**
 * The URL of the run's one schema registry, or null where none can be had: then it says what is left out, and with `CI=true` it rejects.
 *
 * @example
 * const registry = await sharedRegistry('Avro'); describe.skipIf(!registry)('…', () => {})
 */
export async function sharedRegistry(what: string): Promise<string | null> {
  const answer = await fetch(inject('registryLender'), { signal: AbortSignal.timeout(300_000) })
  if (!answer.ok) throw new Error(await answer.text())
  const lent = (await answer.json()) as { url: string } | { reason: string }
  if ('url' in lent) return lent.url
  if (process.env.CI === 'true') throw new Error(lent.reason)
  console.warn(`Left out: the tests of ${what}. ${lent.reason}`)
  return null
}
