/// <reference path="./kafkajs-internals.d.ts" />
import type { Socket } from 'node:net'
import { settlesWithin } from '@tickets/core/internal'
import kafkajs, {
  type Admin,
  type Broker as BrokerTypes,
  type Consumer,
  type ICustomPartitioner,
  type Kafka,
  type KafkaConfig,
  type Cluster as KafkaJsCluster,
  type Producer,
  type RetryOptions,
  type Transaction,
} from 'kafkajs'
import InternalCluster from 'kafkajs/src/cluster/index.js'
import Connection from 'kafkajs/src/network/connection.js'
import RequestQueue, { type Queue } from 'kafkajs/src/network/requestQueue/index.js'
import slowCrc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js'
import type { BrokerAddress, BrokerRequest, ConnectionSettings } from '../connection/broker-connection.ts'
import { BrokerConnections } from '../connection/broker-connections.ts'
import type { Parser } from '../connection/byte-feed.ts'
import { type ConnectionOptions, withHarmlessLogger } from '../connection/connection-options.ts'
import { ConnectionFault } from '../connection/fault.ts'
import { openSocket } from '../connection/socket.ts'
import { chain, isNamed } from './errors.ts'

export type { Admin, Consumer, ICustomPartitioner, Kafka, Producer, Transaction }
export { slowCrc32c }

// kafkajs 2.2.4 arms this timer with a negative time whenever nothing is pending: it then wakes every millisecond for ever, and Node 24
// prints a warning. With nothing pending there is nothing to check, and `push` arms it itself.
const scheduleCheck = RequestQueue.prototype.scheduleCheckPendingRequests
RequestQueue.prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) scheduleCheck.call(this)
}

// After a request that got no answer in time kafkajs keeps using the same connection, which may swallow every later one too. It is closed
// instead, as Java's client does, and the next request opens another. The broker holds back requests after a join, so a join is exempt.
const destroySocket = new WeakMap<Queue, () => void>()
const connect = Connection.prototype.connect
Connection.prototype.connect = function () {
  destroySocket.set(this.requestQueue, () => this.socket?.destroy(new Error('no answer came in time')))
  return connect.call(this)
}
const createRequest = RequestQueue.prototype.createSocketRequest
RequestQueue.prototype.createSocketRequest = function (pushed) {
  const request = createRequest.call(this, pushed)
  const expire = request.timeoutHandler
  request.timeoutHandler = () => {
    expire()
    const joins = [...this.inflight.values()].some(({ entry }) => /^(Join|Sync)Group$/.test(entry.apiName))
    if (!joins && request.entry.apiName !== 'ApiVersions') destroySocket.get(this)?.()
  }
  return request
}

// kafkajs takes a coordinator that was not found for final, and a consumer that loses one answer would end. One lost answer may pass.
const findCoordinator = InternalCluster.prototype.findGroupCoordinatorMetadata
InternalCluster.prototype.findGroupCoordinatorMetadata = function (request) {
  return findCoordinator.call(this, request).catch((error: unknown) => {
    throw isNamed(error, 'KafkaJSGroupCoordinatorNotFound') ? Object.assign(error as Error, { retriable: true }) : error
  })
}

/** What a client knows of a cluster. kafkajs asks for metadata and offsets; requests that we encode go over connections of our own. */
export interface Cluster extends KafkaJsCluster {
  /** Returns the highest version of an API that this broker offers; -1 if it does not know the API. */
  maxVersion(nodeId: string, apiKey: number): Promise<number>
  /** Sends a request that is encoded. Returns what `body` reads of its answer, which are all bytes by default. */
  send<R = Buffer>(nodeId: string, request: BrokerRequest, body?: (bytes: number) => Parser<R>): Promise<R>
}

interface ConfiguredBroker extends BrokerTypes {
  describeConfigs(request: { resources: readonly object[] }): Promise<{
    resources: readonly { configEntries: readonly { configName: string; configValue: string | null }[] }[]
  }>
}

export const readCommitted = 1
const earliestAllowed = { initialRetryTime: 100, maxRetryTime: 2000, factor: 0.2, multiplier: 2 }

/**
 * Creates a kafkajs client, silent unless a logger is given. `retries` bounds how often it tries a connection or request again, `requestTimeout`
 * how long an answer may take.
 */
export function createKafka(options: ConnectionOptions, retry: RetryOptions, requestTimeout = 30_000): Kafka {
  const { logger } = withHarmlessLogger(options)
  const open = new Set<Socket>()
  const track: typeof openSocket = (address) => {
    if (state.isEnded) throw new ConnectionFault('ConnectionError', 'the client was ended')
    const socket = openSocket(address)
    open.add(socket)
    return socket.once('close', () => open.delete(socket))
  }
  const state: ClientState = { open, isEnded: false, settings: { ...options, logger, requestTimeout, open: track } }
  const kafka = new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId ?? 'tickets',
    connectionTimeout: 3000,
    requestTimeout,
    socketFactory: (address) => track(address as Parameters<typeof openSocket>[0]),
    retry: { ...earliestAllowed, ...retry },
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    // A copy: kafkajs keeps the first login's functions in the object that it is given.
    ...(options.sasl === undefined ? {} : { sasl: { ...options.sasl } as NonNullable<KafkaConfig['sasl']> }),
    logLevel: logger ? kafkajs.logLevel.DEBUG : kafkajs.logLevel.NOTHING,
    logCreator: () => (entry) => {
      const { message, timestamp: _, ...details } = entry.log
      const level = ({ 1: 'error', 2: 'warn', 4: 'info', 5: 'debug' } as const)[entry.level as 1] ?? 'debug'
      logger?.[level](`${entry.namespace}: ${message}`, details)
    },
  })
  clients.set(kafka, state)
  return kafka
}

interface ClientState {
  readonly open: ReadonlySet<Socket>
  readonly settings: ConnectionSettings
  isEnded: boolean
}

const clients = new WeakMap<Kafka, ClientState>()

/** Ends all connections of a client now. Its own way to disconnect first waits for every answer, half a minute for one that never comes. */
export function dropConnections(kafka: Kafka): void {
  for (const socket of clients.get(kafka)?.open ?? []) socket.destroy(new Error('the connection was given up'))
}

/** How long a client may take to disconnect. */
const DISCONNECT_MS = 5000

/**
 * Ends a client for good, so that it keeps no process alive.
 *
 * kafkajs forgets connections: two requests that find their connection cut open it twice, and only the later one is ever closed. And its
 * `disconnect` waits for answers that may never come.
 */
export async function closeClient(kafka: Kafka, disconnect: () => Promise<unknown>): Promise<void> {
  await settlesWithin(disconnect(), DISCONNECT_MS).catch(() => false)
  destroyClient(kafka)
}

/** Ends a client at once and for good: it opens no connection any more. */
export function destroyClient(kafka: Kafka): void {
  const client = clients.get(kafka)
  if (client) client.isEnded = true
  dropConnections(kafka)
}

/** Calls `work` with a connected cluster, and disconnects it afterwards. */
export async function withCluster<R>(kafka: Kafka, work: (cluster: Cluster) => Promise<R>): Promise<R> {
  const cluster = createCluster(kafka)
  try {
    await cluster.connect()
    return await work(cluster)
  } finally {
    await closeClient(kafka, () => cluster.disconnect())
  }
}

/** The part of kafkajs's cluster that knows where the brokers are. */
interface BrokerPool {
  readonly metadata: { readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[] } | null
}

/** Returns the internal cluster object of kafkajs, with a way to send requests that its consumers and admin client do not offer. */
export function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find((s) => s.description === 'private:Kafka:createCluster')
  const create: ((options: object) => KafkaJsCluster) | undefined = symbol && Reflect.get(kafka, symbol)
  const client = clients.get(kafka)
  if (!create || !client) throw new Error('this kafkajs has no createCluster: install kafkajs 2.2.4')
  const cluster = create.call(kafka, { allowAutoTopicCreation: false, isolationLevel: readCommitted, metadataMaxAge: 300_000 })
  const connections = new BrokerConnections(client.settings)
  const addressOf = (nodeId: string): BrokerAddress => {
    const { metadata } = Reflect.get(cluster, 'brokerPool') as BrokerPool
    const found = metadata?.brokers.find((broker) => String(broker.nodeId) === nodeId)
    if (found) return found
    throw new ConnectionFault('BrokerNotFoundError', `broker ${nodeId} is not among the brokers that the cluster names`)
  }
  const disconnect = cluster.disconnect.bind(cluster)
  return Object.assign(cluster, {
    maxVersion: async (nodeId: string, apiKey: number) => connections.maxVersion(addressOf(nodeId), apiKey),
    send: async <R>(nodeId: string, request: BrokerRequest, body?: (bytes: number) => Parser<R>) =>
      connections.send(addressOf(nodeId), request, body),
    disconnect: () => {
      connections.close()
      return disconnect()
    },
  })
}

const TOPIC = 2
const denied = /AUTHORIZATION_FAILED$/

/** Returns entries of a topic's configuration, with the broker's defaults; none if this user may not read them. */
export async function topicConfig(cluster: Cluster, topic: string, configNames: readonly string[]): Promise<Map<string, string>> {
  const [nodeId] = cluster.getNodeIds()
  const broker = (await cluster.findBroker({ nodeId: String(nodeId) })) as ConfiguredBroker
  try {
    const { resources } = await broker.describeConfigs({ resources: [{ type: TOPIC, name: topic, configNames }] })
    return new Map(resources.flatMap(({ configEntries }) => configEntries).map(({ configName, configValue }) => [configName, configValue ?? '']))
  } catch (error) {
    if (chain(error).some(({ type = '' }) => denied.test(type))) return new Map()
    throw error
  }
}

/** How kafkajs spreads messages: by the partition given, else by the key as Java's client does. */
export const partitioner: ICustomPartitioner = kafkajs.Partitioners.DefaultPartitioner
