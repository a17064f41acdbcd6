import { millis } from '@tickets/core'
import type { BlockLine } from './blacklist.ts'
import type { Transaction } from './transaction.ts'

const PRODUCTS = [
  { sku: 'tea', name: 'Thé vert', cents: 450 },
  { sku: 'cup', name: 'Cup "Blue"', cents: 900 },
  { sku: 'pot', name: 'Teapot, 1 l', cents: 3_999 },
  { sku: 'bag', name: 'Gift bag 🎁', cents: 199 },
]
const COUNTRIES = ['FR', 'DE', 'US', 'GB', null]
/** Three days in Paris, the second one with 25 hours. */
const [START, END] = [Date.parse('2026-10-24T00:00:00+02:00'), Date.parse('2026-10-26T23:30:00+01:00')]
const HOUR = millis('1 hour', 'HOUR')

/** Returns random numbers from 0 to below 1: the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** An attempt to pay: when, by whom, and with which outcome. */
interface Attempt {
  readonly at: number
  readonly user: number
  readonly status: Transaction['status']
}

const euros = (cents: number) => (cents / 100).toFixed(2)

/** Makes the transaction numbered `i`. */
function transaction({ at, user, status }: Attempt, i: number, random: () => number): Transaction {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const bought = Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({ ...pick(PRODUCTS), quantity: 1 + Math.floor(random() * 3) }))
  const method = pick(['card', 'card', 'transfer', 'wallet'] as const)
  return {
    transaction_id: `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`,
    paid_at: new Date(at),
    user: { id: user, name: `Zoë ${user}`, email: `user${user}@example.com`, country: COUNTRIES[user % COUNTRIES.length] ?? null },
    payment:
      method === 'card'
        ? { method, last4: String(1_000 + Math.floor(random() * 9_000)) }
        : method === 'transfer'
          ? { method, iban: `FR76${user}` }
          : { method, wallet_id: `w-${user}` },
    status,
    failure: status === 'failed' ? pick(['insufficient funds', 'wrong code', 'limit reached']) : null,
    products: bought.map(({ cents, ...product }) => ({ ...product, price: euros(cents) })),
    currency: pick(['EUR', 'EUR', 'GBP', 'USD']),
    total: euros(bought.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0)),
  }
}

/**
 * Makes three days of a tea shop, in which each shopper pays once, and tries again when that fails, and the changes of its blacklist: some who fail again
 * and again are blocked, and half of these are cleared later. In Paris clocks change on the second day. Transactions come up to four seconds out of order.
 * The same seed gives the same.
 *
 * @example
 * shop(1000).transactions.length // 1386
 */
export function shop(shoppers: number, seed = 1): { transactions: Transaction[]; blacklist: BlockLine[] } {
  const random = randomNumbers(seed)
  const attempts: Attempt[] = []
  const blacklist: BlockLine[] = []
  for (let i = 0; i < shoppers; i++) {
    const user = 1 + Math.floor((random() * shoppers) / 5)
    let at = START + Math.floor(((i + random()) * (END - START)) / shoppers)
    let status: Attempt['status'] = random() < 0.8 ? 'paid' : 'failed'
    attempts.push({ at, user, status })
    while (status === 'failed' && random() < 0.8) {
      at += 20_000 + Math.floor(random() * 90_000)
      status = random() < 0.3 ? 'paid' : 'failed'
      attempts.push({ at, user, status })
    }
    if (status === 'paid' || random() < 0.5) continue
    blacklist.push({ user_id: user, reason: random() < 0.5 ? 'stolen card' : 'chargeback', since: new Date(at), lifted: false })
    if (random() < 0.5)
      blacklist.push({ user_id: user, reason: 'cleared', since: new Date(at + HOUR + Math.floor(random() * 12 * HOUR)), lifted: true })
  }
  const arrivals = attempts.map((attempt) => ({ attempt, at: attempt.at + Math.floor(random() * 4_000) })).sort((a, b) => a.at - b.at)
  return {
    transactions: arrivals.map(({ attempt }, i) => transaction(attempt, i, random)),
    blacklist: blacklist.sort((a, b) => a.since.getTime() - b.since.getTime()),
  }
}
