import { type S3Storage, s3 } from '@tickets/s3'
import { inject } from 'vitest'
import type {} from './global-setup.ts'
import { placeAt } from './places.ts'
import type { StoreKind } from './start.ts'

export { environmentOf, placeAt } from './places.ts'

/**
 * The endpoint of the run's one store of a kind, or null where none can be had: then it says what is left out, and with `CI=true` it rejects.
 *
 * @example
 * const endpoint = await sharedStore('fenced', 'buckets'); describe.skipIf(!endpoint)('…', () => {})
 */
export async function sharedStore(kind: StoreKind, what: string): Promise<string | null> {
  const answer = await fetch(`${inject('storeLender')}/${kind}`, { signal: AbortSignal.timeout(300_000) })
  if (!answer.ok) throw new Error(await answer.text())
  const lent = (await answer.json()) as { endpoint: string } | { reason: string }
  if ('endpoint' in lent) return lent.endpoint
  if (process.env.CI === 'true') throw new Error(lent.reason)
  console.warn(`Left out: the tests of ${what}. ${lent.reason}`)
  return null
}

/** An empty storage of its own in a store. */
export const storageIn = async (endpoint: string): Promise<S3Storage> => s3(await placeAt(endpoint))
