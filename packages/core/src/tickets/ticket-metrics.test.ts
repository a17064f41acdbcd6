import { expect, test } from 'vitest'
import { ticket } from '../operators/test-tickets.fixture.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { tumbling } from '../window/tumbling.ts'
import { priorities, requestTypes, Ticket } from './ticket.ts'
import { ticketMetrics } from './ticket-metrics.ts'

/** Twelve tickets, ten seconds apart, of five clients. */
const rows = Array.from({ length: 12 }, (_, i) => ({
  ...ticket(i % 5, i * 10),
  request_type: requestTypes[[0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 2, 1][i] as number] as Ticket['request_type'],
  priority: priorities[i % 3 === 0 ? 3 : 0] as Ticket['priority'],
}))
const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000)

test('counts the tickets of each minute, by type, the critical ones, and the clients', () => {
  const harness = new Harness(Ticket, ticketMetrics())
  const found = [...harness.push(rows).emitted, ...harness.end().emitted]
  expect(found).toEqual([
    {
      window_start: at(0),
      window_end: at(60),
      total_tickets: 6,
      billing_count: 3,
      technical_count: 2,
      account_count: 1,
      general_count: 0,
      critical_priority_count: 2,
      unique_clients: 5,
      revision: 0,
    },
    {
      window_start: at(60),
      window_end: at(120),
      total_tickets: 6,
      billing_count: 0,
      technical_count: 1,
      account_count: 1,
      general_count: 4,
      critical_priority_count: 2,
      unique_clients: 5,
      revision: 0,
    },
  ])
})

test('takes another window', () => {
  const harness = new Harness(Ticket, ticketMetrics(tumbling({ size: '1 hour' })))
  const found = [...harness.push(rows).emitted, ...harness.end().emitted]
  expect(found).toMatchObject([{ window_start: at(0), window_end: at(3600), total_tickets: 12 }])
})

test('gives late tickets to the output that is named, and counts them in no window', () => {
  const harness = new Harness(Ticket, ticketMetrics(tumbling({ size: '10 seconds' })))
  const { emitted, late } = harness.push([ticket(0, 0), ticket(1, 30), ticket(2, 5)])
  expect(emitted.map(({ total_tickets }) => total_tickets)).toEqual([1])
  expect(late).toHaveLength(1)
})
