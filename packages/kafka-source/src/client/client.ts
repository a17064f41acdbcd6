/// <reference path="./kafkajs-internals.d.ts" />
import type { Socket } from 'node:net'
import { settlesWithin } from '@tickets/core/internal'
import kafkajs, {
  type Admin,
  type Broker as BrokerTypes,
  type Cluster,
  type Consumer,
  type ICustomPartitioner,
  type Kafka,
  type Producer,
  type RetryOptions,
  type Transaction,
} from 'kafkajs'
import InternalCluster from 'kafkajs/src/cluster/index.js'
import Connection from 'kafkajs/src/network/connection.js'
import RequestQueue, { type Queue } from 'kafkajs/src/network/requestQueue/index.js'
import slowCrc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js'
import { type ConnectionOptions, withHarmlessLogger } from './connection-options.ts'
import { chain, isNamed } from './errors.ts'
import { openSocket } from './socket.ts'

export type { Admin, Cluster, Consumer, ICustomPartitioner, Kafka, Producer, Transaction }
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

/** A request to one broker, already encoded, and its undecoded answer. */
export interface RawRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly body: Buffer
  /** The answer opens with a throttle time that the client has to keep. */
  readonly throttled?: boolean
}

interface ConnectedBroker extends BrokerTypes {
  readonly versions: { readonly [apiKey: number]: { minVersion: number; maxVersion: number } } | null
  readonly connectionPool: { send(protocol: object): Promise<Buffer> }
  disconnect(): Promise<void>
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
  const state = { open, isEnded: false }
  const kafka = new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId ?? 'tickets',
    connectionTimeout: 3000,
    requestTimeout,
    socketFactory: (address) => {
      if (state.isEnded) throw new Error('the client was ended')
      const socket = openSocket(address as Parameters<typeof openSocket>[0])
      open.add(socket)
      return socket.once('close', () => open.delete(socket))
    },
    retry: { ...earliestAllowed, ...retry },
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    // A copy: kafkajs keeps the first login's functions in the object that it is given.
    ...(options.sasl === undefined ? {} : { sasl: { ...options.sasl } }),
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

const clients = new WeakMap<Kafka, { readonly open: ReadonlySet<Socket>; isEnded: boolean }>()

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

/** Returns the internal cluster object of kafkajs, for requests that its consumers and admin client do not offer. */
export function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find((s) => s.description === 'private:Kafka:createCluster')
  const create: ((options: object) => Cluster) | undefined = symbol && Reflect.get(kafka, symbol)
  if (!create) throw new Error('this kafkajs has no createCluster: install kafkajs 2.2.4')
  return create.call(kafka, { allowAutoTopicCreation: false, isolationLevel: readCommitted, metadataMaxAge: 300_000 })
}

/** Returns the highest version of an API that this broker offers; -1 if it does not know the API. */
export async function maxVersion(cluster: Cluster, nodeId: string, apiKey: number): Promise<number> {
  const broker = (await cluster.findBroker({ nodeId })) as ConnectedBroker
  return broker.versions?.[apiKey]?.maxVersion ?? -1
}

const TOPIC = 2
const denied = /AUTHORIZATION_FAILED$/

/** Returns entries of a topic's configuration, with the broker's defaults; none if this user may not read them. */
export async function topicConfig(cluster: Cluster, topic: string, configNames: readonly string[]): Promise<Map<string, string>> {
  const [nodeId] = cluster.getNodeIds()
  const broker = (await cluster.findBroker({ nodeId: String(nodeId) })) as ConnectedBroker
  try {
    const { resources } = await broker.describeConfigs({ resources: [{ type: TOPIC, name: topic, configNames }] })
    return new Map(resources.flatMap(({ configEntries }) => configEntries).map(({ configName, configValue }) => [configName, configValue ?? '']))
  } catch (error) {
    if (chain(error).some(({ type = '' }) => denied.test(type))) return new Map()
    throw error
  }
}

/** Sends a request that is already encoded; fetches go over a connection of their own. */
export async function send(cluster: Cluster, nodeId: string, raw: RawRequest): Promise<Buffer> {
  const broker = (await cluster.findBroker({ nodeId })) as ConnectedBroker
  const { body, throttled, ...request } = raw
  const protocol = {
    request: { ...request, encode: async () => ({ buf: body, buffer: body }) },
    response: {
      decode: async (answer: Buffer) => ({ answer, clientSideThrottleTime: throttled ? answer.readInt32BE(0) : 0 }),
      parse: async (decoded: { answer: Buffer }) => decoded.answer,
    },
  }
  try {
    return await broker.connectionPool.send(protocol)
  } catch (error) {
    if (isNamed(error, 'KafkaJSConnectionClosedError')) await broker.disconnect()
    throw error
  }
}

/** How kafkajs spreads messages: by the partition given, else by the key as Java's client does. */
export const partitioner: ICustomPartitioner = kafkajs.Partitioners.DefaultPartitioner
