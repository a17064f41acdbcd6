import type { Socket } from 'node:net'
import { passOn } from '@tickets/core/internal'
import kafkajs, { type Broker as BrokerTypes, type KafkaConfig, type Kafka as KafkaJs, type Cluster as KafkaJsCluster } from 'kafkajs'
import slowCrc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js'
import type { ConnectionSettings } from '../connection/broker-connection.ts'
import { brokerRequests } from '../connection/broker-requests.ts'
import { type ConnectionOptions, withHarmlessLogger } from '../connection/connection-options.ts'
import { withLoginFaults } from '../connection/login.ts'
import { oauthBearer } from '../connection/oauth-bearer.ts'
import type { SaslMechanism, SaslMessage, SaslOptions } from '../connection/sasl-options.ts'
import { trackedSockets } from '../connection/tracked-sockets.ts'
import { WireWriter } from '../connection/wire.ts'
import { kafkaJsGroup } from './kafkajs-group.ts'
import { patchKafkaJs } from './kafkajs-patches.ts'
import type { Cluster, DriverRetry, Kafka } from './port.ts'

export { slowCrc32c }

patchKafkaJs()

/** The client's types leave the id of a coordinator out. */
type OwnCluster = Omit<KafkaJsCluster, 'findGroupCoordinator'> & Pick<Cluster, 'findGroupCoordinator'>

interface ConfiguredBroker extends BrokerTypes {
  describeConfigs(request: { resources: readonly object[] }): Promise<{
    resources: readonly { configEntries: readonly { configName: string; configValue: string | null }[] }[]
  }>
}

const readCommitted = 1
const earliestAllowed = { initialRetryTime: 100, maxRetryTime: 2000, factor: 0.2, multiplier: 2 }

/** How kafkajs spreads messages: by the partition given, else by the key as Java's client does. */
export const partitioner = kafkajs.Partitioners.DefaultPartitioner

/** A client of kafkajs in the form of the port, and the library's own object. */
export interface KafkaJsClient extends Kafka {
  readonly library: KafkaJs
}

/**
 * Creates a kafkajs client, silent unless a logger is given. `retries` bounds how often it tries a connection or request again, `requestTimeout`
 * how long an answer may take.
 */
export function createKafkaJs(options: ConnectionOptions, retry: DriverRetry, requestTimeout: number): KafkaJsClient {
  const { logger } = withHarmlessLogger(options)
  // kafkajs forgets connections: two requests that find their connection cut open it twice, and only the later one is ever closed.
  const sockets = trackedSockets()
  const library = new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId ?? 'tickets',
    connectionTimeout: 3000,
    requestTimeout,
    socketFactory: (address) => sockets.open(address as Parameters<typeof sockets.open>[0]) as Socket,
    retry: { ...earliestAllowed, ...retry },
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    // A copy: kafkajs keeps the first login's functions in the object that it is given.
    ...(options.sasl === undefined ? {} : { sasl: loginOf(options.sasl) as NonNullable<KafkaConfig['sasl']> }),
    logLevel: logger ? kafkajs.logLevel.DEBUG : kafkajs.logLevel.NOTHING,
    logCreator: () => (entry) => {
      const { message, timestamp: _, ...details } = entry.log
      const level = ({ 1: 'error', 2: 'warn', 4: 'info', 5: 'debug' } as const)[entry.level as 1] ?? 'debug'
      passOn(logger, 'kafka.client', level, { namespace: entry.namespace }, `${entry.namespace}: ${message}`, details)
    },
  })
  const settings: ConnectionSettings = { ...options, logger, requestTimeout, open: sockets.open }
  return {
    library,
    cluster: () => createCluster(library, settings),
    admin: () => library.admin(),
    group: (group) => kafkaJsGroup(library, group, retry),
    producer: ({ retries, ...more }) =>
      library.producer({
        ...more,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: partitioner,
        ...(retries === undefined ? {} : { retry: { retries } }),
      }),
    drop: sockets.drop,
    destroy: sockets.destroy,
  }
}

/** kafkajs takes any answer to a token for a yes, and a broker that refuses one then only closes the connection. */
function loginOf(sasl: SaslOptions): SaslOptions {
  if (!('oauthBearerProvider' in sasl)) return { ...sasl }
  const { mechanism, oauthBearerProvider } = sasl
  const authenticationProvider: SaslMechanism['authenticationProvider'] = ({ host, port, saslAuthenticate }) => ({
    authenticate: () =>
      withLoginFaults(`${host}:${port}`, () =>
        oauthBearer(oauthBearerProvider, async (bytes) => (await saslAuthenticate(exchanged(bytes))) ?? Buffer.alloc(0)),
      ),
  })
  return { mechanism, authenticationProvider }
}

/** kafkajs gives and takes these bytes with their length before them. */
const exchanged = (bytes: Buffer): SaslMessage<Buffer> => ({
  request: { encode: () => new WireWriter().int32(bytes.length).bytes(bytes).end() },
  response: { decode: (answer) => answer, parse: (answer) => answer.subarray(4) },
})

/** The part of kafkajs's cluster that knows where the brokers are. */
interface BrokerPool {
  readonly metadata: { readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[] } | null
}

const TOPIC = 2

/** Returns the internal cluster object of kafkajs, with what its consumers and admin client do not offer. */
function createCluster(kafka: KafkaJs, settings: ConnectionSettings): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find((s) => s.description === 'private:Kafka:createCluster')
  const create: ((options: object) => OwnCluster) | undefined = symbol && Reflect.get(kafka, symbol)
  if (!create) throw new Error('this kafkajs has no createCluster: install kafkajs 2.2.4')
  const cluster = create.call(kafka, { allowAutoTopicCreation: false, isolationLevel: readCommitted, metadataMaxAge: 300_000 })
  const { close, ...requests } = brokerRequests(settings, (nodeId) => {
    const { metadata } = Reflect.get(cluster, 'brokerPool') as BrokerPool
    return metadata?.brokers.find((broker) => String(broker.nodeId) === nodeId)
  })
  const disconnect = cluster.disconnect.bind(cluster)
  return Object.assign(cluster, requests, {
    topicConfig: async (topic: string, configNames: readonly string[]) => {
      const [nodeId] = cluster.getNodeIds()
      const broker = (await cluster.findBroker({ nodeId: String(nodeId) })) as ConfiguredBroker
      const { resources } = await broker.describeConfigs({ resources: [{ type: TOPIC, name: topic, configNames }] })
      return new Map(resources.flatMap(({ configEntries }) => configEntries).map(({ configName, configValue }) => [configName, configValue ?? '']))
    },
    disconnect: () => {
      close()
      return disconnect()
    },
  })
}
