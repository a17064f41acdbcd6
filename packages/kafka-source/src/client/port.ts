import type { BrokerRequest } from '../connection/broker-connection.ts'
import type { Parser } from '../connection/byte-feed.ts'

/**
 * What this package needs of a Kafka library: metadata, groups, offsets and producing, in the forms of kafkajs. Messages are fetched over connections
 * of our own. A driver is what gives this: `kafkajs.ts`, `platformatic.ts`.
 */
export interface Kafka {
  cluster(): Cluster
  admin(): Admin
  group(settings: GroupSettings): GroupClient
  producer(settings: ProducerSettings): Producer
  /** Ends all connections now. Others may be opened after that. */
  drop(): void
  /** Ends all connections now and for good. */
  destroy(): void
}

/** How often and for how long a library tries by itself. */
export interface DriverRetry {
  readonly retries: number
  /** Whether a group that failed joins again. */
  readonly restartOnFailure?: (error: Error) => Promise<boolean>
}

/** What a client knows of a cluster, and requests to its brokers that we encode ourselves. */
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  refreshMetadata(): Promise<unknown>
  /** Returns all topics; null where the connection breaks. */
  metadata(): Promise<{ readonly topicMetadata: readonly { readonly topic: string }[] } | null>
  /** Loads the metadata of these topics too from now on. */
  addMultipleTargetTopics(topics: string[]): Promise<unknown>
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[]
  findLeaderForPartitions(topic: string, partitions: number[]): Readonly<Record<string, readonly number[]>>
  getNodeIds(): readonly (string | number)[]
  fetchTopicsOffset(asked: OffsetsAsked[]): Promise<readonly OffsetsFound[]>
  findGroupCoordinator(group: { groupId: string }): Promise<Coordinator>
  /** Returns entries of a topic's configuration, with the broker's defaults. */
  topicConfig(topic: string, names: readonly string[]): Promise<Map<string, string>>
  /** Returns the highest version of an API that this broker offers; -1 if it does not know the API. */
  maxVersion(nodeId: string, apiKey: number): Promise<number>
  /** Sends a request that is encoded. Returns what `body` reads of its answer, which are all bytes by default. */
  send<R = Buffer>(nodeId: string, request: BrokerRequest, body?: (bytes: number) => Parser<R>): Promise<R>
}

/** Which offsets of a topic: those at its beginning or end, or at a time. */
export interface OffsetsAsked {
  readonly topic: string
  readonly partitions: { readonly partition: number }[]
  readonly fromBeginning?: boolean
  readonly fromTimestamp?: number
}

export interface OffsetsFound {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
}

/** An offset that a group has committed, with its note; -1 is none. */
export interface CommittedOffsets {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata?: string | null }[]
}

/** The broker that coordinates a group. */
export interface Coordinator {
  readonly nodeId: number
  offsetFetch(asked: {
    groupId: string
    topics: { topic: string; partitions: { partition: number; offset: string }[] }[]
  }): Promise<{ readonly responses: readonly CommittedOffsets[] }>
}

export interface Admin {
  connect(): Promise<void>
  disconnect(): Promise<void>
  fetchOffsets(asked: { groupId: string; topics: string[] }): Promise<readonly CommittedOffsets[]>
  describeGroups(groups: string[]): Promise<{ readonly groups: readonly { readonly members: readonly object[] }[] }>
  /** Creates topics. Returns false where they are there already. */
  createTopics(asked: {
    topics: { topic: string; numPartitions: number; replicationFactor: number; configEntries: { name: string; value: string }[] }[]
    waitForLeaders: boolean
    timeout: number
  }): Promise<boolean>
}

export interface GroupSettings {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly sessionTimeout: number
  readonly heartbeatInterval: number
  readonly rebalanceTimeout: number
}

/** What happens to a member of a group. */
export interface GroupEvents {
  /** It holds these partitions now, and no others. */
  joined(assignment: Readonly<Record<string, readonly number[]>>): void
  /** The group forms anew. */
  rebalancing(): void
  /** The membership failed; `restarts`: it joins again by itself. */
  crashed(error: Error, restarts: boolean): void
}

/** A membership in a group, which fetches nothing. */
export interface GroupClient {
  connect(): Promise<void>
  /** Joins. Settles when the first assignment was handed to `joined`, or the membership failed for good. */
  run(events: GroupEvents): Promise<void>
  /** Commits as a member: the broker refuses it after a rebalance. */
  commitOffsets(offsets: { topic: string; partition: number; offset: string; metadata: string }[]): Promise<unknown>
  /** Leaves the group. */
  disconnect(): Promise<void>
}

export interface ProducerSettings {
  readonly idempotent?: boolean
  /** Only with `transaction`. */
  readonly transactionalId?: string
  readonly transactionTimeout?: number
  readonly retries?: number
}

export interface ProducedMessage {
  readonly key?: Buffer | string | null
  readonly value: Buffer | string | null
  readonly partition?: number
  readonly headers?: Record<string, Buffer | string>
}

interface Sends {
  send(batch: { topic: string; acks: number; messages: ProducedMessage[] }): Promise<unknown>
}

/** A producer with one request under way. Messages without a partition go where Java's client puts their key. */
export interface Producer extends Sends {
  connect(): Promise<void>
  disconnect(): Promise<void>
  transaction(): Promise<Transaction>
}

export interface Transaction extends Sends {
  sendOffsets(offsets: { consumerGroupId: string; topics: { topic: string; partitions: { partition: number; offset: string }[] }[] }): Promise<void>
  commit(): Promise<void>
}
