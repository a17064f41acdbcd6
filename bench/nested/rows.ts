import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { type Schema, Ticket, ticketStream } from '@tickets/core'
import * as z from 'zod'
import { CACHE } from '../runner/places.ts'

/** Tickets as they are, and the same with an object and a list of three objects. */
export const kinds = ['flat', 'nested'] as const
export type Kind = (typeof kinds)[number]

const products = ['tea', 'coffee cup', 'kettle', 'sieve', 'tray']

/** The schema of the rows of a kind. */
export const schemas = {
  flat: Ticket,
  nested: Ticket.extend('nested_ticket', {
    user: z.object({ id: z.int(), country: z.string(), level: z.enum(['new', 'regular', 'gold']) }),
    products: z.array(z.object({ sku: z.string(), quantity: z.int32(), price: z.number() })),
  }),
} satisfies Record<Kind, Schema<unknown>>

const product = (i: number) => ({ sku: `${products[i % products.length]}-${i % 97}`, quantity: 1 + (i % 9), price: (i % 10_000) / 4 })

/** Returns a file of JSON Lines with rows of a kind, made once under .cache/bench. */
export async function linesOf(kind: Kind, rows: number): Promise<string> {
  const folder = `${CACHE}/input/${kind}-${rows}`
  const path = `${folder}/rows.jsonl`
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  const lines: string[] = []
  for (const ticket of ticketStream({ seed: 1, tickets: rows })) {
    const i = lines.length
    const user = { id: 1000 + ((i * 7919) % 9000), country: ['FR', 'DE', 'GB', 'US'][i % 4], level: ['new', 'regular', 'gold'][i % 3] }
    lines.push(JSON.stringify(kind === 'flat' ? ticket : { ...ticket, user, products: [product(i), product(i * 3 + 1), product(i * 7 + 2)] }))
  }
  await writeFile(`${path}.half`, `${lines.join('\n')}\n`)
  await rename(`${path}.half`, path)
  return path
}
