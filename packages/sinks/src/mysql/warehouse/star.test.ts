import { assignTeam, Ticket } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { factColumns, facts } from './star.ts'

test('a ticket has the columns of its fact, with or without a team', () => {
  expect(typeof assignTeam).toBe('function')
  const columns = factColumns(facts.tickets, Ticket, 'utf8mb4_bin')
  expect(columns.find(({ name }) => name === 'request')).toMatchObject({ type: 'longtext', collation: 'utf8mb4_bin' })
  expect(columns.find(({ name }) => name === 'created_at')).toMatchObject({ type: 'datetime(3)', collation: null })
  const withTeam = Ticket.extend('with-team', { assigned_team: z.string() })
  expect(factColumns(facts.tickets, withTeam, 'utf8mb4_bin').map(({ name }) => name)).toContain('assigned_team')
})

test.each([
  ['a column without a place', Ticket.extend('more', { extra: z.string() }), '"extra"'],
  ['a column of another kind', Ticket.extend('other', { client_id: z.int() }), '"client_id" is integer'],
  ['a column that may be without a value', Ticket.extend('gaps', { client_id: z.string().nullable() }), 'without a value'],
])('%s is refused, by name', (_, schema, why) => {
  expect(() => factColumns(facts.tickets, schema, 'x')).toThrowError(
    expect.objectContaining({ code: 'SCHEMA_MISMATCH', message: expect.stringContaining(why) }),
  )
})

test('statements name the staged table and its range, and touch a team only where there is one', () => {
  const sql = facts.tickets.statements('`staged`', ['ticket_id'], 1)
  expect(sql.every((one) => one.includes('`staged`') && one.includes('?'))).toBe(true)
  expect(sql.join()).not.toContain('dim_team')
  expect(facts.tickets.statements('`staged`', ['assigned_team'], 1).join()).toContain('dim_team')
})
