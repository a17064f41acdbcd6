import * as z from 'zod'
import { instant } from '../base/instant.ts'
import { defineSchema } from '../schema/define.ts'

export const requestTypes = ['billing', 'technical', 'account', 'general'] as const
export const priorities = ['low', 'medium', 'high', 'critical'] as const

export type RequestType = (typeof requestTypes)[number]
export type Priority = (typeof priorities)[number]

/**
 * A support ticket as clients send it.
 *
 * @example
 * Ticket.fields.map((f) => f.name) // ['ticket_id', 'client_id', 'created_at', 'request', 'request_type', 'priority']
 */
export const Ticket = defineSchema(
  z.object({
    ticket_id: z.uuid(),
    client_id: z.string().regex(/^CLIENT_[1-9]\d{3}$/, 'expected CLIENT_1000 to CLIENT_9999'),
    created_at: instant(),
    request: z.string().min(1),
    request_type: z.enum(requestTypes),
    priority: z.enum(priorities),
  }),
  { name: 'ticket', version: 1, time: 'created_at' },
)

/** A row of `Ticket`. */
export interface Ticket {
  ticket_id: string
  client_id: string
  created_at: Date
  request: string
  request_type: RequestType
  priority: Priority
}
