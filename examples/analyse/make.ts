import { existsSync } from 'node:fs'
import {
  assignTeam,
  count,
  countDistinct,
  type Flows,
  filterRows,
  GENERATOR_DISORDER,
  generator,
  into,
  isTicketsError,
  pipeline,
  type Ticket,
  TicketsError,
  ticketMetrics,
  tumbling,
  windowed,
} from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { day, parquetSink } from '@tickets/sinks'
import { warehouse } from '@tickets/sinks/mysql'
import { withProgress } from '../shared/progress.ts'
import { hasTickets } from './warehouse-reader.ts'
import { inWorkingWeeks, START } from './working-weeks.ts'

export interface MakeOptions {
  readonly lake: string
  /** How many the generator gives. */
  readonly tickets: number
  readonly seed: number
}

/** What a pipeline says of a log that was begun with other tickets. */
const otherTickets = ['POSITION_AHEAD', 'SOURCE_COMPLETE', 'SOURCE_CHANGED', 'PIPELINE_CHANGED'] as const
const otherwise = (lake: string, cause: TicketsError) =>
  new TicketsError(cause.code, `${lake} was made here of other --tickets or another --seed: give the same, or another --lake`, { cause })

/** Runs a pipeline over the generator; with a log that is there already it continues from where that one ended. Whether it came to the end. */
async function make(name: string, log: string, { lake, tickets, seed }: MakeOptions, flows: Flows<Ticket>): Promise<boolean> {
  const { how } = await withProgress(
    `${name}: made of ${tickets} generated tickets, of which working weeks keep a fifth`,
    ({ rows }) => rows / tickets,
    (onProgress) =>
      pipeline({
        name,
        source: generator({ tickets, seed, start: START, spacing: '30 seconds' }),
        log: commitLog(log),
        maxOutOfOrderness: GENERATOR_DISORDER,
        onProgress,
        flows,
      })
        .run()
        .catch((error: unknown) => {
          throw otherTickets.some((code) => isTicketsError(error, code)) ? otherwise(lake, error as TicketsError) : error
        }),
  )
  return how === 'done'
}

/** Makes the lake where there is none, or continues with one that was begun here; `stopped` before it was complete. */
export async function ensureLake(options: MakeOptions): Promise<'theirs' | 'made' | 'stopped'> {
  const log = `${options.lake}-analyse-log`
  if (existsSync(options.lake) && !existsSync(log)) return 'theirs'
  const complete = await make('analyse-lake', log, options, (all) => ({
    tickets: all.pipe(
      filterRows(inWorkingWeeks),
      assignTeam(),
      into(parquetSink(options.lake, { partitionBy: [day('created_at')], sortBy: 'created_at' })),
    ),
  }))
  return complete ? 'made' : 'stopped'
}

/** The same for the warehouse, of the same tickets; one that holds tickets is taken as it is. Whether it is complete. */
export async function ensureWarehouse({ url, isOurs, ...options }: MakeOptions & { url: string; isOurs: boolean }): Promise<boolean> {
  const log = `${options.lake}-analyse-warehouse-log`
  if (!existsSync(log)) {
    if (await hasTickets(url)) return true
    if (!isOurs)
      throw new TicketsError('TARGET_UNUSABLE', 'the warehouse has no tickets: write the same topic to it with warehouse(), as examples/feeds does')
  }
  const to = warehouse({ url })
  const hour = tumbling({ size: '1 hour' })
  const aggregate = { tickets: count(), clients: countDistinct('client_id') }
  return make('analyse-warehouse', log, options, (all) => {
    const kept = all.pipe(filterRows(inWorkingWeeks))
    return {
      tickets: kept.pipe(assignTeam(), into(to.tickets)),
      tickets_by_type: kept.pipe(windowed(hour, { by: 'request_type', aggregate }), into(to.byType)),
      tickets_by_priority: kept.pipe(windowed(hour, { by: 'priority', aggregate }), into(to.byPriority)),
      metrics: kept.pipe(ticketMetrics(hour), into(to.metrics)),
    }
  })
}
