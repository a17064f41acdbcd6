import * as z from 'zod'
import type { Schema } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'

/** The types of request that a ticket can have. */
export const requestTypes = ['billing', 'technical', 'account', 'general'] as const
/** The priorities of a ticket, from the lowest to the highest. */
export const priorities = ['low', 'medium', 'high', 'critical'] as const

/** A type of request. */
export type RequestType = (typeof requestTypes)[number]
/** A priority of a ticket. */
export type Priority = (typeof priorities)[number]

const CLIENT = /^CLIENT_[1-9]\d{3}$/

/** Settings of `ticketSchema`. */
export interface TicketSchemaOptions {
  /** What a client's id looks like; `CLIENT_1000` to `CLIENT_9999` by default, as the generator makes them. `/^/` takes any text. */
  clientId?: RegExp
}

/**
 * Returns the schema of support tickets, for the client ids of your system.
 *
 * @example
 * ticketSchema({ clientId: /^C-\d+$/ }) // takes 'C-42', which `Ticket` rejects
 */
export function ticketSchema({ clientId = CLIENT }: TicketSchemaOptions = {}): Schema<Ticket> {
  return defineSchema(
    z.object({
      ticket_id: z.uuid(),
      client_id: z
        .string()
        .regex(clientId, `expected ${clientId === CLIENT ? 'CLIENT_1000 to CLIENT_9999' : clientId}`)
        .meta({ personal: true }),
      created_at: instant(),
      request: z.string().min(1).meta({ personal: true }),
      request_type: z.enum(requestTypes),
      priority: z.enum(priorities),
    }),
    { name: 'ticket', version: 1, time: 'created_at' },
  )
}

/**
 * The schema of a support ticket as clients send it, with the client ids of the generator.
 *
 * @example
 * Ticket.fields.map((f) => f.name) // ['ticket_id', 'client_id', 'created_at', 'request', 'request_type', 'priority']
 */
export const Ticket = ticketSchema()

/** A row of `Ticket`. */
export interface Ticket {
  ticket_id: string
  client_id: string
  created_at: Date
  request: string
  request_type: RequestType
  priority: Priority
}
