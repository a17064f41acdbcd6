import type { Ticket } from '../tickets/ticket.ts'

/** Returns ticket `i` of seven clients, `second` seconds after the start of 2026. */
export const ticket = (i: number, second = i): Ticket => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 7)}`,
  created_at: new Date(Date.UTC(2026, 0, 1) + second * 1000),
  request: 'no heating',
  request_type: 'billing',
  priority: 'low',
})
/** Returns the same ticket as its message holds it. */
export const json = (i: number, second = i) => ({ ...ticket(i, second), created_at: ticket(i, second).created_at.toISOString() })
