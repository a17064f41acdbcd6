import {
  type Batch,
  count,
  countDistinct,
  defineSchema,
  instant,
  into,
  joinTable,
  joinWithin,
  last,
  max,
  runningTotals,
  type Sink,
  type Ticket,
} from '@tickets/core'
import { kafkaSource, kafkaTable } from '@tickets/kafka-source'
import type { Observable } from 'rxjs'
import * as z from 'zod'
import type { JoinedWith } from './config.ts'

/** What a client pays for from a time on. */
const Plan = defineSchema(z.object({ client_id: z.string(), plan: z.string(), since: instant() }), { name: 'plan', time: 'since' })
/** A call of a client. */
const Call = defineSchema(z.object({ client_id: z.string(), call: z.int(), called_at: instant() }), { name: 'call', time: 'called_at' })

/** Where joined rows and totals go. */
export interface JoinedSinks {
  readonly plans: Sink<never>
  readonly calls: Sink<never>
  /** The same totals in each. */
  readonly totals: readonly [mariadb: Sink<never>, postgres: Sink<never>, topic: Sink<never>]
}

/** The flows of tickets with the plan of their client at that time, with the calls of the seconds around them, and of totals by client. */
export function joinedFlows(tickets: Observable<Batch<Ticket>>, brokers: readonly string[], from: JoinedWith, { plans, calls, totals }: JoinedSinks) {
  const table = kafkaTable({ schema: Plan, brokers, topic: from.plans, key: 'client_id', idleTimeout: '1 hour' })
  const stream = kafkaSource({ schema: Call, brokers, topic: from.calls, groupId: `${from.calls}-unused`, until: 'now', keyedBy: ['client_id'] })
  const [mariadb, postgres, topic] = totals
  const byClient = () =>
    tickets.pipe(
      runningTotals({
        by: 'client_id',
        aggregate: { tickets: count(), texts: countDistinct('request'), priority: last('priority'), newest: max('created_at') },
      }),
    )
  return {
    joined_plans: tickets.pipe(joinTable(table, { on: 'client_id', columns: ['plan'] }), into(plans as Sink<unknown>)),
    joined_calls: tickets.pipe(
      joinWithin(stream, { on: 'client_id', within: '3 seconds', columns: ['call'], kind: 'left' }),
      into(calls as Sink<unknown>),
    ),
    totals_mariadb: byClient().pipe(into(mariadb as Sink<unknown>)),
    totals_postgres: byClient().pipe(into(postgres as Sink<unknown>)),
    totals_topic: byClient().pipe(into(topic as Sink<unknown>)),
  }
}
