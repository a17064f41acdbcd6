import type { Ticket } from '../ticket.ts'
import { integer, planOf, type TicketOptions } from './options.ts'
import { TicketMaker } from './ticket-maker.ts'

/** Rows of which objects are made at a time: few enough to begin at once. */
const CHUNK = 512

/** Settings of `ticketStream`. */
export interface TicketStreamOptions extends TicketOptions {
  /** The ticket to begin with, counted over all partitions; a `position` of an earlier stream. 0 by default. */
  readonly from?: number
}

/** Tickets one by one; leaving a loop does not end it, so that a second loop continues where the first one stopped. */
export interface TicketStream extends IterableIterator<Ticket> {
  /** The number of the next ticket, over all partitions: `from` for a stream that continues there. */
  readonly position: number
  /** Returns the number of the generator's partition that has the ticket of this number. */
  partitionOf(position: number): number
}

/**
 * Returns the generator's tickets as plain rows, in their order over all partitions.
 *
 * @throws `OPTION_INVALID` with the value
 * @example
 * [...ticketStream({ seed: 7, tickets: 2 })].length // 2
 */
export function ticketStream(options: TicketStreamOptions = {}): TicketStream {
  const plan = planOf(options)
  const maker = new TicketMaker(plan)
  let position = integer('from', options.from ?? 0, 0)
  let rows: Iterator<Ticket> = [][Symbol.iterator]()
  return {
    get position() {
      return position
    },
    partitionOf: (at) => integer('position', at, 0) % plan.partitions,
    next() {
      if (position >= plan.tickets) return { done: true, value: undefined }
      let next = rows.next()
      if (next.done) {
        const batch = maker.make({ first: position, step: 1, position }, Math.min(CHUNK, plan.tickets - position), Number.MAX_SAFE_INTEGER)
        rows = batch[Symbol.iterator]()
        next = rows.next()
      }
      position++
      return next
    },
    [Symbol.iterator]() {
      return this
    },
  }
}
