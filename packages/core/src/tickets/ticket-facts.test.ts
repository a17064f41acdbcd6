import { expect, test } from 'vitest'
import { Ticket } from './ticket.ts'
import { ticketFacts } from './ticket-facts.ts'

test('a ticket has a place for each of its columns, and for the team that it may have', () => {
  const names = ticketFacts.tickets.fields.map(({ name }) => name)
  expect(names).toEqual([...Ticket.fields.map(({ name }) => name), 'assigned_team'])
})

test('windows have their bounds, and a revision that decides', () => {
  for (const { fields, time } of [ticketFacts.byType, ticketFacts.byPriority, ticketFacts.metrics]) {
    expect(fields.slice(0, 2).map(({ name }) => name)).toEqual(['window_start', 'window_end'])
    expect([time, fields.at(-1)]).toEqual(['window_end', expect.objectContaining({ name: 'revision', kind: 'int32' })])
  }
})
