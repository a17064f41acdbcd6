import { inject } from 'vitest'
import type {} from './lend.ts'

const lenders = { mysql: 'databaseLender', postgres: 'postgresLender' } as const

/**
 * The URL of the run's one database of a kind, or null where none can be had: then it says what is left out, and with `CI=true` it rejects.
 *
 * @example
 * const url = await sharedDatabase('mysql', 'the MySQL sink'); describe.skipIf(!url)('…', () => {})
 */
export async function sharedDatabase(kind: keyof typeof lenders, what: string): Promise<string | null> {
  const answer = await fetch(inject(lenders[kind]), { signal: AbortSignal.timeout(300_000) })
  if (!answer.ok) throw new Error(await answer.text())
  const lent = (await answer.json()) as { url: string } | { reason: string }
  if ('url' in lent) return lent.url
  if (process.env.CI === 'true') throw new Error(lent.reason)
  console.warn(`Left out: the tests of ${what}. ${lent.reason}`)
  return null
}
