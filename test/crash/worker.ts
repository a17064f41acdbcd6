import { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { join } from 'node:path'
import { assignTeam, highPriority, into, isTicketsError, pipeline, type Sink, type Storage, Ticket, ticketMetrics, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { deadLetterTopic, kafkaSink, kafkaSource } from '@tickets/kafka-source'
import { day, deltaSink, type FileOptions, fileCatalog, icebergSink, jsonSink, parquetSink } from '@tickets/sinks'
import { mysqlSink, warehouse } from '@tickets/sinks/mysql'
import { postgresSink } from '@tickets/sinks/postgres'
import type { WorkerConfig } from './config.ts'
import { crashingBucket } from './crashing-bucket.ts'
import { joinedFlows } from './joined-flows.ts'
import { Journal } from './journal.ts'
import { keyedFlows } from './keyed-flows.ts'
import { crashingFiles } from './layer.ts'
import { nestedFlows } from './nested-flows.ts'
import { aggregate, lakeFlows, type MakeFiles, minute, ticketFlows } from './ticket-flows.ts'
import { say, Trigger } from './trigger.ts'
import { crashingLog, crashingSink, crashingSource } from './wrap.ts'

/** One process of the pipeline under test: a Kafka topic into five datasets, late rows and dead letters. */
const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as WorkerConfig

/** A slow or distant broker: all connections to its address go through a proxy. */
function detour(port: number): void {
  const brokers = new Set(config.brokers.map((broker) => Number(broker.split(':')[1])))
  const real = net.connect
  const connect = (options: net.NetConnectOpts, ...rest: []) =>
    real('port' in options && brokers.has(options.port) ? { ...options, port } : options, ...rest)
  net.connect = connect as typeof net.connect
  net.createConnection = connect as typeof net.createConnection
  syncBuiltinESMExports()
}

if (config.through !== undefined) detour(config.through)

const trigger = new Trigger(config.point)
const files = crashingFiles(config, trigger, config.journal ? new Journal(config.journal) : null)
const options: FileOptions = { files, maxRowsPerFile: 60, ...(config.mode ? { mode: config.mode } : {}) }

const bucket = config.bucket ? crashingBucket(config.bucket, trigger) : null
const placeOf = (...names: string[]): string | Storage => bucket?.below(names.join('/')) ?? join(config.home, ...names)
const log = bucket ? commitLog(bucket.below('log')) : commitLog(join(config.home, 'log'), { files })

function to(make: MakeFiles, name: string, slow = false) {
  const { slowSink: _, ...fast } = config
  return crashingSink(make(placeOf('out', name), options), join(config.home, 'out', name), slow ? config : fast, trigger)
}

/** Where a topic's messages are staged until they are sent. */
const sent = (topic: string) => ({
  brokers: config.brokers,
  topic,
  staging: join(config.home, 'sent', topic),
  files,
  retryFor: 20_000,
  ...(config.transactionTimeout === undefined ? {} : { transactionTimeout: config.transactionTimeout }),
  ...(config.batchBytes === undefined ? {} : { batchBytes: config.batchBytes }),
})

function elsewhere<T>(sink: Sink<T>, folder: string): Sink<T> {
  return crashingSink(sink, folder, config, trigger)
}

const byDay = (settings: FileOptions) => ({ ...(settings as FileOptions<Ticket>), partitionBy: [day('created_at')] })
const inDelta = (place: string | Storage, settings: FileOptions) => deltaSink<Ticket>(place, byDay(settings)) as Sink<unknown>
const inIceberg = (place: string | Storage, settings: FileOptions) =>
  icebergSink<Ticket>(place, { ...byDay(settings), catalog: fileCatalog() }) as Sink<unknown>

const toLake = (make: MakeFiles, name: string) =>
  crashingSink(make(placeOf('lake', name), { files, maxRowsPerFile: 60 }), join(config.home, 'lake', name), config, trigger)
const stars = config.warehouse === undefined ? null : warehouse({ url: config.warehouse })

try {
  const summary = await pipeline({
    name: 'crash',
    source: crashingSource(
      kafkaSource({
        schema: Ticket,
        brokers: config.brokers,
        topic: config.topic,
        groupId: config.group,
        until: config.until,
        ...(config.joined ? { keyedBy: ['client_id'] } : {}),
        sessionTimeout: config.sessionTimeout ?? 1500,
        heartbeatInterval: 300,
        rebalanceTimeout: 3000,
        fetchWait: 50,
        retryFor: config.retryFor ?? 20_000,
        ...(config.partitionBytes === undefined ? {} : { partitionBytes: config.partitionBytes, queueBytes: 2 * config.partitionBytes }),
        ...(config.stallTimeout === undefined ? {} : { stallTimeout: config.stallTimeout }),
      }),
      config,
      trigger,
    ),
    log: crashingLog(log, config, trigger),
    maxOutOfOrderness: '2 seconds',
    range: { rows: config.rangeRows ?? 150, time: config.rangeTime ?? 100 },
    drainTimeout: config.drainTimeout ?? 10_000,
    ...(config.retries === undefined ? {} : { retries: config.retries }),
    deadLetters: config.topics ? elsewhere(deadLetterTopic(sent(config.topics.dead)), 'sent') : to(jsonSink, 'dead_letters'),
    late: to(jsonSink, 'late'),
    logger: { debug: () => {}, info: () => {}, warn: (warn) => say({ warn }), error: (warn) => say({ warn }) },
    flows: (tickets) => ({
      ...ticketFlows(tickets, (make, name) => to(make, name, name === 'tickets_with_assignment')),
      ...(config.topics
        ? { sent: tickets.pipe(highPriority(), assignTeam(), into(elsewhere(kafkaSink({ ...sent(config.topics.high), key: 'client_id' }), 'sent'))) }
        : {}),
      ...(config.lake ? lakeFlows(tickets, toLake) : {}),
      ...(config.tables
        ? {
            delta: tickets.pipe(assignTeam(), into(to(inDelta, 'delta'))),
            iceberg: tickets.pipe(assignTeam(), into(to(inIceberg, 'iceberg'))),
          }
        : {}),
      ...(config.keyed ? keyedFlows(tickets, (make, name) => to(make as typeof parquetSink, name) as Sink<unknown>) : {}),
      ...(config.joined
        ? joinedFlows(tickets, config.brokers, config.joined, {
            plans: to(parquetSink, 'joined_plans'),
            calls: to(parquetSink, 'joined_calls'),
            totals: [
              elsewhere(mysqlSink({ url: config.joined.mariadb, table: 'totals' }), 'totals'),
              elsewhere(postgresSink({ url: config.joined.postgres, table: 'totals' }), 'totals'),
              elsewhere(kafkaSink({ ...sent(config.joined.totals), key: 'client_id' }), 'sent'),
            ],
          })
        : {}),
      ...(stars
        ? {
            facts: tickets.pipe(assignTeam(), into(elsewhere(stars.tickets, 'warehouse'))),
            facts_by_type: tickets.pipe(windowed(minute, { by: 'request_type', aggregate }), into(elsewhere(stars.byType, 'warehouse'))),
            facts_by_priority: tickets.pipe(windowed(minute, { by: 'priority', aggregate }), into(elsewhere(stars.byPriority, 'warehouse'))),
            facts_metrics: tickets.pipe(ticketMetrics(minute), into(elsewhere(stars.metrics, 'warehouse'))),
          }
        : {}),
      ...(config.nested
        ? nestedFlows(tickets, {
            notes: to(parquetSink, 'notes'),
            exploded: elsewhere(mysqlSink({ url: config.nested.mariadb, table: 'exploded' }), 'exploded'),
            words: elsewhere(postgresSink({ url: config.nested.postgres, table: 'words', key: ['ticket_id', 'n'] }), 'words'),
          })
        : {}),
    }),
  }).run()
  say({ done: summary.how, rows: summary.rows })
} catch (error) {
  const ours = isTicketsError(error)
  say({
    error: error instanceof Error ? (ours ? error.message : `${error.stack}`) : String(error),
    code: ours ? error.code : 'none',
    retryable: ours && error.retryable,
  })
  process.exitCode = 1
}
// Whatever still hangs must not keep the process: an application would not wait for it either.
setTimeout(() => process.exit(), 3000).unref()
