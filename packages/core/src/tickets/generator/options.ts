import { type Duration, millis } from '../../base/duration.ts'
import { TicketsError } from '../../base/errors.ts'

/** The most milliseconds by which a generated ticket is older than one before it, by default: a `maxOutOfOrderness` of this much leaves nothing late. */
export const GENERATOR_DISORDER = 5000

/** What the tickets are: the same options give the same tickets, however they are read. */
export interface TicketOptions {
  /** Which tickets; any integer. 1 by default. */
  readonly seed?: number
  /** How many over all partitions; endless when absent. */
  readonly tickets?: number
  /** Over how many partitions they are spread: ticket i goes to partition i % partitions. 3 by default. */
  readonly partitions?: number
  /** The instant of the first ticket, ISO text or a Date. '2026-01-01T00:00:00Z' by default. */
  readonly start?: string | Date
  /** Between tickets on average, over all partitions. 20 ms by default. */
  readonly spacing?: Duration
  /** The most by which a ticket is older than one before it. 5 seconds by default. */
  readonly disorder?: Duration
}

/** The same, checked and filled in; times in milliseconds, `tickets` Infinity when endless. */
export interface TicketPlan {
  readonly seed: number
  readonly tickets: number
  readonly partitions: number
  readonly start: number
  readonly spacing: number
  readonly disorder: number
}

/** Returns `value` if it is an integer of at least `least`, else throws `OPTION_INVALID`. */
export function integer(what: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new TicketsError('OPTION_INVALID', `${what} is an integer${least === Number.MIN_SAFE_INTEGER ? '' : ` from ${least}`}, got ${String(value)}`)
}

function instantOf(value: string | Date): number {
  const text = typeof value === 'string' && /\d(Z|[+-]\d\d:\d\d)$/.test(value)
  const time = value instanceof Date || text ? new Date(value).getTime() : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new TicketsError('OPTION_INVALID', `start is an instant such as '2026-01-01T00:00:00Z', with Z or an offset, got ${JSON.stringify(value)}`)
}

/** Checks the options and fills in what is not given. */
export function planOf(options: TicketOptions): TicketPlan {
  return {
    seed: integer('seed', options.seed ?? 1, Number.MIN_SAFE_INTEGER),
    tickets: options.tickets === undefined ? Number.POSITIVE_INFINITY : integer('tickets', options.tickets, 0),
    partitions: integer('partitions', options.partitions ?? 3, 1),
    start: instantOf(options.start ?? '2026-01-01T00:00:00Z'),
    spacing: millis(options.spacing ?? 20, 'spacing'),
    disorder: millis(options.disorder ?? GENERATOR_DISORDER, 'disorder'),
  }
}
