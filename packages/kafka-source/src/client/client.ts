import { TicketsError } from '@tickets/core'
import { settlesWithin } from '@tickets/core/internal'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { chain } from './errors.ts'
import { createKafkaJs } from './kafkajs.ts'
import { createPlatformatic } from './platformatic.ts'
import type { Cluster, DriverRetry, Kafka } from './port.ts'

const drivers = { kafkajs: createKafkaJs, '@platformatic/kafka': createPlatformatic }

/** Creates a client of the driver that the options name. `requestTimeout` is how long an answer may take, in milliseconds. */
export function createKafka(options: ConnectionOptions, retry: DriverRetry, requestTimeout = 30_000): Kafka {
  const { driver = 'kafkajs' } = options
  const create = drivers[driver]
  if (!create) throw new TicketsError('OPTION_INVALID', `driver is ${Object.keys(drivers).join(' or ')}, got ${JSON.stringify(driver)}`)
  return create(options, retry, requestTimeout)
}

/** How long a client may take to disconnect. */
const DISCONNECT_MS = 5000

/** Ends a client for good, so that it keeps no process alive. A library's own way to disconnect may wait for answers that never come. */
export async function closeClient(kafka: Pick<Kafka, 'destroy'>, disconnect: () => Promise<unknown>): Promise<void> {
  await settlesWithin(disconnect(), DISCONNECT_MS).catch(() => false)
  kafka.destroy()
}

/** Calls `work` with a connected cluster, and disconnects it afterwards. */
export async function withCluster<R>(kafka: Pick<Kafka, 'cluster' | 'destroy'>, work: (cluster: Cluster) => Promise<R>): Promise<R> {
  const cluster = kafka.cluster()
  try {
    await cluster.connect()
    return await work(cluster)
  } finally {
    await closeClient(kafka, () => cluster.disconnect())
  }
}

const denied = /AUTHORIZATION_FAILED$/

/** Returns entries of a topic's configuration, with the broker's defaults; none if this user may not read them. */
export async function topicConfig(cluster: Pick<Cluster, 'topicConfig'>, topic: string, names: readonly string[]): Promise<Map<string, string>> {
  try {
    return await cluster.topicConfig(topic, names)
  } catch (error) {
    if (chain(error).some(({ type = '' }) => denied.test(type))) return new Map()
    throw error
  }
}
