import type { Transaction } from './transaction.ts'

const PRODUCTS = [
  { sku: 'tea', name: 'Thé vert', cents: 450 },
  { sku: 'cup', name: 'Cup "Blue"', cents: 900 },
  { sku: 'pot', name: 'Teapot, 1 l', cents: 3_999 },
  { sku: 'bag', name: 'Gift bag 🎁', cents: 199 },
]
const COUNTRIES = ['FR', 'DE', 'US', 'GB', null]
const CURRENCIES = ['EUR', 'USD', 'GBP'] as const
const START = Date.UTC(2026, 0, 1, 12)

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

const euros = (cents: number) => (cents / 100).toFixed(2)

/** Makes the payment numbered `i`. */
function transaction(i: number, random: () => number): Transaction {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const id = 1 + Math.floor(random() * 500)
  const bought = Array.from({ length: Math.floor(random() * 4) }, () => ({ ...pick(PRODUCTS), quantity: 1 + Math.floor(random() * 3) }))
  const method = pick(['card', 'card', 'transfer', 'wallet'] as const)
  return {
    transaction_id: `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`,
    paid_at: new Date(START + i * 1_700 + Math.floor(random() * 1_000)),
    user: { id, name: `Zoë ${id}`, email: `user${id}@example.com`, country: COUNTRIES[id % COUNTRIES.length] ?? null },
    payment:
      method === 'card'
        ? { method, last4: String(1_000 + Math.floor(random() * 9_000)) }
        : method === 'transfer'
          ? { method, iban: `FR76${id}` }
          : { method, wallet_id: `w-${id}` },
    products: bought.map(({ cents, ...product }) => ({ ...product, price: euros(cents) })),
    currency: pick(CURRENCIES),
    total: euros(bought.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0)),
    note: random() < 0.1 ? 'leave at the door' : null,
  }
}

/**
 * Makes payments of a tea shop, one every 1.7 seconds from 2026-01-01 12:00 UTC. The same seed gives the same payments.
 *
 * @example
 * [...transactions(1)].map(({ transaction_id }) => transaction_id) // ['00000000-0000-4000-8000-000000000000']
 */
export function* transactions(count: number, seed = 1): Generator<Transaction> {
  const random = randomNumbers(seed)
  for (let i = 0; i < count; i++) yield transaction(i, random)
}
