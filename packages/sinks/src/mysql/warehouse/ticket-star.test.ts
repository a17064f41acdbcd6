import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readMigrations } from '../../star/migrations.ts'
import { ticketMigrations, ticketStar } from './ticket-star.ts'

test('the star schema has its files in the order of their numbers, and nothing else beside them', async () => {
  const files = await readMigrations(ticketMigrations)
  expect(files.map(({ version }) => version)).toEqual([1, 2, 3])
  expect((await readdir(ticketMigrations)).sort()).toEqual(files.map(({ name }) => name))
})

test('each fact has a table of its own in one database', () => {
  const { facts } = ticketStar({ url: 'mysql://localhost/support' })
  expect(Object.values(facts).map(({ target }) => target)).toEqual(
    ['fact_ticket', 'fact_tickets_by_type', 'fact_tickets_by_priority', 'fact_metrics'].map((table) => `mysql:localhost:3306/support/${table}`),
  )
})
