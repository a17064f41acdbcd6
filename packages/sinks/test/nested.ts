import { Batch, bytes, date, decimal, defineSchema, instant, json, type RowOf } from '@tickets/core'
import * as z from 'zod'

/** A column of every nested kind and of those that files say exactly. */
export const Order = defineSchema(
  z.object({
    at: instant(),
    id: z.string(),
    user: z.object({
      id: z.int(),
      name: z.string().optional(),
      address: z.object({ city: z.string(), kind: z.enum(['home', 'work']), since: date() }).nullable(),
    }),
    products: z.array(z.object({ sku: z.string(), price: decimal(10, 2), flags: z.array(z.boolean().nullable()) })),
    counts: z.record(z.string(), z.int().nullable()).optional(),
    day: date(),
    total: decimal(38, 10).nullable(),
    any: json(),
    blob: bytes().nullable(),
    note: z.string().nullish(),
    payment: z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), last4: z.string(), paid: instant().nullable() }),
      z.object({ by: z.literal('iban'), iban: z.string() }),
    ]),
  }),
  { name: 'order', time: 'at' },
)
export type Order = RowOf<typeof Order>

/** Rows with edges of every kind: nothing, null, empty, nested nulls. */
export const orders: readonly Order[] = Array.from({ length: 40 }, (_, i) => ({
  at: new Date(1.7e12 + i * 1000),
  id: `o${i}`,
  user: {
    id: i,
    ...(i % 2 ? {} : { name: `n"${i},é` }),
    address: i % 3 === 0 ? null : { city: `c${i}`, kind: i % 4 ? ('work' as const) : ('home' as const), since: '1969-12-31' },
  },
  products: Array.from({ length: i % 4 }, (_p, p) => ({ sku: `s${i}-${p}`, price: `${i - 20}.5${p}`, flags: [true, null, i % 2 === 0].slice(p) })),
  ...(i % 5 === 0 ? {} : { counts: { a: i, b: null } as Record<string, number | null> }),
  day: `2026-02-${String((i % 28) + 1).padStart(2, '0')}`,
  total: i % 2 ? null : `${i % 4 ? '-' : ''}1234567890123456789012345678.0000000${String(100 + i)}`,
  any: i % 3 === 0 ? null : { a: [i, 'x', null] },
  blob: i % 4 === 0 ? null : Uint8Array.of(i, 255, 0),
  note: i % 2 ? null : 'x',
  payment: i % 2 ? { by: 'card' as const, last4: '1234', paid: i % 3 ? null : new Date(1.6e12 + i) } : { by: 'iban' as const, iban: `FR${i}` },
}))

export const orderBatch = () => Batch.of(Order, orders)

/** The type of each column as DuckDB names it. */
export const duckTypes: Readonly<Record<string, string>> = {
  at: 'TIMESTAMP WITH TIME ZONE',
  id: 'VARCHAR',
  user: 'STRUCT(id BIGINT, "name" VARCHAR, address STRUCT(city VARCHAR, kind VARCHAR, since DATE))',
  products: 'STRUCT(sku VARCHAR, price DECIMAL(10,2), flags BOOLEAN[])[]',
  counts: 'MAP(VARCHAR, BIGINT)',
  day: 'DATE',
  total: 'DECIMAL(38,10)',
  any: 'VARCHAR',
  blob: 'BLOB',
  note: 'VARCHAR',
  payment: 'STRUCT("by" VARCHAR, last4 VARCHAR, paid TIMESTAMP WITH TIME ZONE, iban VARCHAR)',
}

/** A row as every reader should give it: what is absent as null, all members of a struct, numbers and times as text. */
export function canonical({ user, products, counts, any, blob, payment, ...row }: Order): Record<string, unknown> {
  const card = payment.by === 'card' ? payment : null
  return {
    ...row,
    at: row.at.toISOString(),
    note: row.note ?? null,
    user: { id: String(user.id), name: user.name ?? null, address: user.address },
    products,
    counts: counts ? Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, value === null ? null : String(value)])) : null,
    any: JSON.stringify(any),
    blob: blob ? Buffer.from(blob).toString('hex') : null,
    payment: {
      by: payment.by,
      last4: card?.last4 ?? null,
      paid: card?.paid?.toISOString() ?? null,
      iban: payment.by === 'iban' ? payment.iban : null,
    },
  }
}
