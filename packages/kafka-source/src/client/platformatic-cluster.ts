import type * as Platformatic from '@platformatic/kafka'
import type { ConnectionSettings } from '../connection/broker-connection.ts'
import { brokerRequests } from '../connection/broker-requests.ts'
import { ConnectionFault } from '../connection/fault.ts'
import { loadPlatformatic, withFaults } from './platformatic-library.ts'
import type { Admin, Cluster, CommittedOffsets } from './port.ts'

const READ_COMMITTED = 1
const GROUP = 0
const TOPIC = 2
const [LATEST, EARLIEST] = [-1, -2]

type LibraryAdmin = Platformatic.Admin

/** Returns what asks the library's admin client, which is opened when it is needed, and what closes it. */
function lazyAdmin(options: Platformatic.AdminOptions) {
  let opening: Promise<LibraryAdmin> | null = null
  const ask = <R>(work: (admin: LibraryAdmin) => Promise<R>) =>
    withFaults(async () => {
      opening ??= loadPlatformatic().then(({ Admin }) => new Admin(options))
      return work(await opening)
    })
  const close = async () => {
    const closing = opening
    opening = null
    await (await closing?.catch(() => null))?.close()
  }
  return { ask, close }
}

const committed = (groups: readonly Platformatic.ListConsumerGroupOffsetsGroup[]): CommittedOffsets[] =>
  groups.flatMap(({ topics }) =>
    topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map((p) => ({ partition: p.partitionIndex, offset: String(p.committedOffset), metadata: p.metadata ?? null })),
    })),
  )

/** Makes what knows a cluster by the library's admin client. */
export function platformaticCluster(options: Platformatic.AdminOptions, settings: ConnectionSettings): Cluster {
  const { ask, close } = lazyAdmin(options)
  const topics = new Set<string>()
  let known: Platformatic.ClusterMetadata | null = null
  const refreshMetadata = async () => {
    known = await ask((admin) => admin.metadata({ topics: [...topics], forceUpdate: true }))
  }
  const requests = brokerRequests(settings, (nodeId) => known?.brokers.get(Number(nodeId)))
  const partitionsOf = (topic: string) => Object.entries(known?.topics.get(topic)?.partitions ?? {})
  return {
    maxVersion: requests.maxVersion,
    send: requests.send,
    connect: refreshMetadata,
    refreshMetadata,
    async disconnect() {
      requests.close()
      await close()
    },
    async metadata() {
      const names = await ask((admin) => admin.listTopics({ includeInternals: true }))
      return { topicMetadata: names.map((topic) => ({ topic })) }
    },
    async addMultipleTargetTopics(more) {
      for (const topic of more) topics.add(topic)
      await refreshMetadata()
    },
    findTopicPartitionMetadata: (topic) => partitionsOf(topic).map(([partition]) => ({ partitionId: Number(partition) })),
    findLeaderForPartitions(topic, partitions) {
      const leaders: Record<string, number[]> = {}
      for (const [partition, { leader }] of partitionsOf(topic))
        if (leader >= 0 && partitions.includes(Number(partition))) leaders[leader] = [...(leaders[leader] ?? []), Number(partition)]
      return leaders
    },
    getNodeIds: () => [...(known?.brokers.keys() ?? [])],
    async fetchTopicsOffset(asked) {
      const found = await ask((admin) =>
        admin.listOffsets({
          isolationLevel: READ_COMMITTED,
          topics: asked.map(({ topic, partitions, fromBeginning, fromTimestamp }) => ({
            name: topic,
            partitions: partitions.map(({ partition }) => ({
              partitionIndex: partition,
              timestamp: BigInt(fromTimestamp ?? (fromBeginning ? EARLIEST : LATEST)),
            })),
          })),
        }),
      )
      return found.map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.map(({ partitionIndex, offset }) => ({ partition: partitionIndex, offset: String(offset) })),
      }))
    },
    async findGroupCoordinator({ groupId }) {
      const [found] = await ask((admin) => admin.findCoordinator({ keyType: GROUP, keys: [groupId] }))
      if (!found) throw new ConnectionFault('BrokerNotFoundError', `no broker coordinates the group "${groupId}" now`)
      return {
        nodeId: found.nodeId,
        async offsetFetch(asked) {
          const wanted = asked.topics.map(({ topic, partitions }) => ({ name: topic, partitionIndexes: partitions.map((p) => p.partition) }))
          return {
            responses: committed(await ask((admin) => admin.listConsumerGroupOffsets({ groups: [{ groupId: asked.groupId, topics: wanted }] }))),
          }
        },
      }
    },
    async topicConfig(topic, names) {
      const resources = [{ resourceType: TOPIC as typeof TOPIC, resourceName: topic, configurationKeys: [...names] }]
      const found = await ask((admin) => admin.describeConfigs({ resources }))
      return new Map(found.flatMap(({ configs }) => configs).map(({ name, value }) => [name, value ?? '']))
    },
  }
}

/** Makes what looks at groups and creates topics by the library's admin client. */
export function platformaticAdmin(options: Platformatic.AdminOptions): Admin {
  const { ask, close } = lazyAdmin(options)
  return {
    connect: async () => {
      await ask((admin) => admin.metadata({ topics: [], forceUpdate: true }))
    },
    disconnect: close,
    async fetchOffsets({ groupId, topics }) {
      const metadata = await ask((admin) => admin.metadata({ topics: [...topics], forceUpdate: true }))
      const wanted = topics.map((name) => ({ name, partitionIndexes: Object.keys(metadata.topics.get(name)?.partitions ?? {}).map(Number) }))
      return committed(await ask((admin) => admin.listConsumerGroupOffsets({ groups: [{ groupId, topics: wanted }] })))
    },
    async describeGroups(groups) {
      const found = await ask((admin) => admin.describeGroups({ groups: [...groups] }))
      return { groups: groups.map((id) => ({ members: [...(found.get(id)?.members.values() ?? [])] })) }
    },
    async createTopics({ topics }) {
      try {
        for (const { topic, numPartitions, replicationFactor, configEntries } of topics)
          await ask((admin) =>
            admin.createTopics({ topics: [topic], partitions: numPartitions, replicas: replicationFactor, configs: configEntries }),
          )
        return true
      } catch (error) {
        if (error instanceof ConnectionFault && error.type === 'TOPIC_ALREADY_EXISTS') return false
        // Refusals of single topics are found as kafkajs gives them.
        if (error instanceof ConnectionFault && error.type !== undefined) throw Object.assign(new Error(error.message), { errors: [error] })
        throw error
      }
    },
  }
}
