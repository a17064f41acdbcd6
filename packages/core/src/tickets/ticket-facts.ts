import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'

const tickets = defineSchema(
  z.object({
    ticket_id: z.string(),
    client_id: z.string(),
    created_at: instant(),
    request: z.string(),
    request_type: z.string(),
    priority: z.string(),
    assigned_team: z.string().optional(),
  }),
  { name: 'ticket', time: 'created_at' },
)

const bounds = { window_start: instant(), window_end: instant() }
const counted = { tickets: z.int(), clients: z.int().optional(), revision: z.int32() }
const byType = defineSchema(z.object({ ...bounds, request_type: z.string(), ...counted }), { name: 'tickets_by_type', time: 'window_end' })
const byPriority = defineSchema(z.object({ ...bounds, priority: z.string(), ...counted }), { name: 'tickets_by_priority', time: 'window_end' })
const metrics = defineSchema(
  z.object({
    ...bounds,
    total_tickets: z.int(),
    billing_count: z.int(),
    technical_count: z.int(),
    account_count: z.int(),
    general_count: z.int(),
    critical_priority_count: z.int(),
    unique_clients: z.int(),
    revision: z.int32(),
  }),
  { name: 'metrics', time: 'window_end' },
)

/** The rows of the facts of the warehouse: what `assignTeam`, windows by type and by priority, and `ticketMetrics` make. Texts take any value. */
export const ticketFacts = { tickets, byType, byPriority, metrics }
