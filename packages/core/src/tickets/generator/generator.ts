import { type Clock, systemClock } from '../../base/clock.ts'
import { TicketsError } from '../../base/errors.ts'
import type { PartitionInfo, Source } from '../../connectors/source.ts'
import { Ticket } from '../ticket.ts'
import { integer, planOf, type TicketOptions, type TicketPlan } from './options.ts'
import { Pace } from './pace.ts'
import { GeneratorReader } from './reader.ts'
import { TicketMaker } from './ticket-maker.ts'

/** Settings of `generator`. */
export interface GeneratorOptions extends TicketOptions {
  /** Tickets a second over all partitions; 0, the default, is as fast as it goes. Changes when tickets come, never what they are. */
  readonly rate?: number
  /** The topic's name, and the start of the partitions' ids. 'tickets' by default. */
  readonly topic?: string
  /** What paces them; the clock on the wall by default. */
  readonly clock?: Clock
}

/** An endless partition always has more; a position has to be a number that JSON can hold. */
const ENDLESS = Number.MAX_SAFE_INTEGER

function rateOf(rate: number): number {
  if (Number.isFinite(rate) && rate >= 0) return rate
  throw new TicketsError('OPTION_INVALID', `rate is in tickets a second, from 0 (as fast as it goes), got ${String(rate)}`)
}

/** Changes when position k would mean another ticket; a pipeline then refuses to continue in the old log. */
const idOf = ({ seed, partitions, start, spacing, disorder }: TicketPlan) =>
  `generator-1 ${JSON.stringify({ seed, partitions, start, spacing, disorder })}`

/**
 * Creates a source of made-up support tickets in French and English. The same seed gives the same tickets, times included, at any speed.
 *
 * Tickets go to the partitions in turn, not by client as in Kafka. So each partition has an exact count, resumes at any position without generating the
 * tickets before it, and a ticket does not depend on the number of partitions. A client's tickets are in several partitions, which the merge combines.
 * The source is complete after `tickets`, and endless without that option.
 *
 * @throws `OPTION_INVALID` with the value; on opening, `POSITION_AHEAD` for a position beyond the end
 * @example
 * (await generator({ tickets: 100 }).describe()).partitions.map((p) => p.end) // [34, 33, 33]
 */
export function generator(options: GeneratorOptions = {}): Source<Ticket, number> {
  const plan = planOf(options)
  const { tickets, partitions } = plan
  const { topic = 'tickets', clock = systemClock } = options
  if (!/^[\w-][\w.-]*$/.test(topic))
    throw new TicketsError('OPTION_INVALID', `topic becomes part of file names: letters, digits, ".", "_" and "-" only, got ${JSON.stringify(topic)}`)
  const rate = rateOf(options.rate ?? 0)
  const ids = Array.from({ length: partitions }, (_, p) => `${topic}-${p}`)
  const endOf = (p: number) => Math.max(0, Math.ceil((tickets - p) / partitions))
  return {
    name: 'generator',
    schema: Ticket,
    until: Number.isFinite(tickets) ? 'complete' : 'never',
    fixed: true,
    async describe() {
      const info = (id: string, p: number): PartitionInfo<number> => ({ id, topic, earliest: 0, start: 0, end: Math.min(ENDLESS, endOf(p)) })
      return { topics: [{ name: topic, id: idOf(plan) }], partitions: ids.map(info) }
    },
    async partitions(on) {
      on.assigned(ids)
      return { close: async () => {} }
    },
    async open(id, from, { to }) {
      const partition = ids.indexOf(id)
      if (partition < 0)
        throw new TicketsError(
          'SOURCE_MISSING',
          `the generator has no partition "${id}", only ${ids.join(', ')}: give it as many partitions as before`,
        )
      const end = Math.min(endOf(partition), to ?? Number.POSITIVE_INFINITY)
      if (integer('from', from, 0) > endOf(partition)) {
        throw new TicketsError(
          'POSITION_AHEAD',
          `${id} ends at ${endOf(partition)}, before position ${from}: give the generator as many tickets as before, or start over with a new log`,
        )
      }
      const pace = rate > 0 ? new Pace(rate / partitions, clock) : null
      return new GeneratorReader({ maker: new TicketMaker(plan), partition, partitions, from, end, pace })
    },
  }
}
