// The lake and the warehouse side by side, from one topic. Each has a group and a log of its own, so neither waits for the other.
import { feeds } from '@tickets/cli'
import { loadConfig, secret } from '@tickets/cli/config'
import {
  assignTeam,
  count,
  countDistinct,
  GENERATOR_DISORDER,
  into,
  pipeline,
  Ticket,
  TicketsError,
  ticketMetrics,
  tumbling,
  windowed,
} from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { day, jsonSink, parquetSink } from '@tickets/sinks'
import { warehouse } from '@tickets/sinks/mysql'
import * as z from 'zod'

const schema = z.object({
  brokers: z.array(z.string()).default(['localhost:9092']).describe('Kafka brokers'),
  topic: z.string().default('client_tickets').describe('Kafka topic'),
  output: z.string().default('data/feeds').describe('where the lake and the logs are'),
  until: z.enum(['never', 'now']).default('never').describe('now: read what there is, and end'),
  mysqlUrl: secret().optional().describe('of the warehouse: mysql://user:password@host:3306/database'),
})
// Flags belong to `feeds`, so these values come from the environment and .env.
const { brokers, topic, output, until, mysqlUrl } = loadConfig(schema, { name: 'feeds.config', argv: [] })

const minute = tumbling({ size: '1 minute' })
const aggregate = { tickets: count(), clients: countDistinct('client_id') }

/** What the two have in common. */
const feed = (name: string) => ({
  name,
  source: kafkaSource({ schema: Ticket, brokers, topic, groupId: `${topic}-${name}`, until }),
  log: commitLog(`${output}/log/${name}`),
  deadLetters: jsonSink(`${output}/dead_letters/${name}`),
  maxOutOfOrderness: GENERATOR_DISORDER,
  range: { time: '10 seconds' },
})

function toWarehouse() {
  if (!mysqlUrl) throw new TicketsError('OPTION_INVALID', 'set MYSQL_URL to mysql://user:password@host:3306/database, in the environment or .env')
  const facts = warehouse({ url: mysqlUrl.reveal() })
  return pipeline({
    ...feed('warehouse'),
    flows: (tickets) => ({
      tickets: tickets.pipe(assignTeam(), into(facts.tickets)),
      by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(facts.byType)),
      by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), into(facts.byPriority)),
      metrics: tickets.pipe(ticketMetrics(minute), into(facts.metrics)),
    }),
  })
}

const toLake = () =>
  pipeline({
    ...feed('lake'),
    flows: (tickets) => ({
      tickets: tickets.pipe(
        assignTeam(),
        into(parquetSink(`${output}/lake/tickets`, { partitionBy: ['request_type', day('created_at')], compact: { every: '10 minutes' } })),
      ),
      by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(parquetSink(`${output}/lake/tickets_by_type`))),
      metrics: tickets.pipe(ticketMetrics(minute), into(parquetSink(`${output}/lake/metrics`))),
    }),
  })

const say = (message: string) => console.error(message)

export default feeds(
  {
    lake: { description: 'Parquet files, by request type and day', pipeline: toLake },
    warehouse: { description: 'a star schema in MySQL or MariaDB', pipeline: toWarehouse },
  },
  { logger: { debug() {}, info: say, warn: say, error: say } },
)
