import { connect as connectTls } from 'node:tls'
import { retry, settlesWithin } from '@tickets/core/internal'
import { closeClient, createKafka, topicConfig } from '../client/client.ts'
import { chain } from '../client/errors.ts'
import { offsetsAt, partitionId, partitionsOf, topicNames } from '../client/metadata.ts'
import type { Cluster, Kafka } from '../client/port.ts'
import { type ConnectionOptions, checkBrokers } from '../connection/connection-options.ts'
import { WireReader, WireWriter } from '../connection/wire.ts'
import { codecFault } from '../protocol/codecs.ts'
import { fetchApi } from '../protocol/fetch-request.ts'
import { claimNote, logOf } from '../source/group-offsets.ts'
import { handshakeFault } from '../tls/wrong-port.ts'
import { findingOf, type KafkaCheck, type KafkaFinding } from './findings.ts'

/** What to look at. */
export interface DiagnoseOptions extends ConnectionOptions {
  readonly topic?: string
  readonly groupId?: string
  /** A transactional id that a sink uses, to see whether this user may use it. It is not used: a running sink keeps it. */
  readonly transactionalId?: string
  /** The id of the log that uses the group. */
  readonly logId?: string
}

/** What was looked at, and what is wrong. */
export interface Diagnosis {
  readonly checked: readonly KafkaCheck[]
  readonly findings: readonly KafkaFinding[]
}

/** A coordinator that is not there yet. */
const isForming = /^(GROUP_LOAD_IN_PROGRESS|COORDINATOR_LOAD_IN_PROGRESS|(GROUP_)?COORDINATOR_NOT_AVAILABLE|NOT_COORDINATOR(_FOR_GROUP)?)$/
const COORDINATOR_TRIES = 8
/** How long one step may take, in milliseconds. */
const STEP_MS = 8000
const REQUEST_MS = 3000
/** By how much a message may be ahead of the clock of this machine, in milliseconds. */
const AHEAD_MS = 60_000
const findCoordinator = { apiKey: 10, apiVersion: 2, apiName: 'FindCoordinator', throttled: true }
/** What has a coordinator: its number in the request, and that of the broker's answer to who may not use it. */
const coordinated = {
  GROUP: { type: 0, denied: 30 },
  TRANSACTIONAL_ID: { type: 1, denied: 53 },
} as const

/**
 * Looks for what keeps a client from using a cluster: brokers, the addresses that they tell, TLS, logins, a topic, rights, a group, codecs and clocks. It
 * reads alone: it joins no group, and makes no topic.
 *
 * @throws `OPTION_INVALID` for options that make no sense; what the cluster answers is a finding
 * @example
 * (await diagnoseKafka({ brokers: ['localhost:9092'], topic: 'tickets' })).findings // []
 */
export async function diagnoseKafka(options: DiagnoseOptions): Promise<Diagnosis> {
  checkBrokers(options.brokers)
  const kafka = createKafka(options, { retries: 1 }, REQUEST_MS)
  const cluster = kafka.cluster()
  const checked: KafkaCheck[] = []
  const findings: KafkaFinding[] = []
  /** Runs one step; what it throws is a finding. Returns whether it went well. */
  const step = async (checks: readonly KafkaCheck[], work: () => Promise<readonly KafkaFinding[]>): Promise<boolean> => {
    const found = await inTime(work, checks[0] ?? 'broker', options).catch(async (error) => [await explained(error, options)])
    checked.push(...checks)
    findings.push(...found)
    return found.length === 0
  }
  try {
    const isReached = await step(['broker', 'login', 'tls', 'certificate'], async () => {
      await cluster.connect()
      await topicNames(cluster)
      return []
    })
    const isEach = isReached && (await step(['listener', 'version'], () => listenerFindings(cluster)))
    const { topic, groupId, transactionalId } = options
    if (isEach && transactionalId !== undefined) await step(['access'], () => coordinatorFindings(cluster, 'TRANSACTIONAL_ID', transactionalId))
    if (isEach && topic !== undefined && (await step(['topic', 'access'], () => topicFindings(cluster, topic)))) {
      await step(['codec'], () => codecFindings(cluster, topic))
      await step(['clock'], () => clockFindings(cluster, topic))
      const mayGroup = groupId !== undefined && (await step(['access'], () => coordinatorFindings(cluster, 'GROUP', groupId)))
      if (mayGroup) await step(['group'], () => groupFindings(kafka, cluster, { ...options, topic, groupId }))
    }
  } finally {
    await closeClient(kafka, () => cluster.disconnect())
  }
  return { checked: [...new Set(checked)], findings }
}

async function inTime(
  work: () => Promise<readonly KafkaFinding[]>,
  check: KafkaCheck,
  { brokers }: DiagnoseOptions,
): Promise<readonly KafkaFinding[]> {
  const running = work()
  const isDone = await settlesWithin(running, STEP_MS)
  if (isDone) return running
  running.catch(() => {})
  const [problem, seen] = [`Kafka at ${brokers.join(', ')} does not answer`, `no answer within ${STEP_MS / 1000} s`]
  return [{ check, problem, seen, fix: 'check that the port is that of a broker, and that the broker does not hang' }]
}

async function explained(error: unknown, { brokers, ssl, sasl }: DiagnoseOptions): Promise<KafkaFinding> {
  const attempted = { brokers, ssl: Boolean(ssl), sasl: sasl !== undefined }
  const first = findingOf(error, attempted)
  if (first.check !== 'broker' && first.check !== 'login') return first
  // A broker that refuses the client's certificate only ends the connection, once the client takes it for made.
  const handshake = ssl ? findingOf(await handshakeFault(brokers[0] ?? '', ssl), attempted) : null
  if (handshake?.check === 'certificate') return handshake
  // Of a connection that is closed or silent nothing else tells whether the port wants TLS.
  return findingOf(error, { ...attempted, speaksTls: await speaksTls(brokers[0] ?? '') })
}

/** Returns whether a port answers a TLS handshake; null where it cannot be reached. Whose certificate it has does not matter. */
function speaksTls(address: string): Promise<boolean | null> {
  const at = address.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connectTls({ host: address.slice(0, at), port: Number(address.slice(at + 1)), rejectUnauthorized: false, timeout: REQUEST_MS })
    const end = (answer: boolean | null) => {
      socket.destroy()
      resolve(answer)
    }
    let isConnected = false
    socket.once('connect', () => {
      isConnected = true
    })
    socket.once('secureConnect', () => end(true))
    socket.once('timeout', () => end(isConnected ? false : null))
    socket.once('error', () => end(isConnected ? false : null))
  })
}

/** Asks each broker, at the address that it tells, what it offers. */
export async function listenerFindings(cluster: Cluster): Promise<readonly KafkaFinding[]> {
  for (const id of cluster.getNodeIds()) {
    const newest = await cluster.maxVersion(String(id), fetchApi.apiKey)
    if (newest >= fetchApi.apiVersion) continue
    const seen = `broker ${id} offers version ${newest} of Fetch, and ${fetchApi.apiVersion} is needed`
    return [{ check: 'version', problem: 'the broker is too old', seen, fix: 'use Kafka 2.3 or newer' }]
  }
  return []
}

/** Asks who coordinates a group or a transactional id, which a broker tells those alone who may use it. kafkajs hides that answer. */
async function coordinatorFindings(cluster: Cluster, kind: keyof typeof coordinated, name: string): Promise<readonly KafkaFinding[]> {
  const { type, denied } = coordinated[kind]
  const [node] = cluster.getNodeIds()
  const body = new WireWriter().string(name).int8(type).end()
  const answer = new WireReader(await cluster.send(String(node), { ...findCoordinator, body }))
  if (answer.int16() !== denied) return []
  const error = Object.assign(new Error(`it refuses to name the coordinator of "${name}"`), { type: `${kind}_AUTHORIZATION_FAILED` })
  return [findingOf(error, { brokers: [], ssl: false, sasl: false })]
}

async function topicFindings(cluster: Cluster, topic: string): Promise<readonly KafkaFinding[]> {
  const names = [...(await topicNames(cluster))].filter((name) => !name.startsWith('__'))
  if (!names.includes(topic)) {
    // A topic that this user may not see is not in the list either. Asked by its name, the broker says which of the two it is.
    const error = await cluster.addMultipleTargetTopics([topic]).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (chain(error).some(({ type }) => type === 'TOPIC_AUTHORIZATION_FAILED')) throw error
    const others = names.length === 0 ? 'no topic that this user may see' : names.sort().slice(0, 10).join(', ')
    const fix = `correct the name, or create it: tickets topic create ${topic}`
    return [{ check: 'topic', problem: `there is no topic "${topic}"`, seen: `the cluster has ${others}`, fix }]
  }
  await cluster.addMultipleTargetTopics([topic])
  const partitions = partitionsOf(cluster, topic)
  const led = Object.values(cluster.findLeaderForPartitions(topic, partitions)).flat().length
  if (led < partitions.length) {
    const fix = 'start the brokers that hold these partitions'
    return [{ check: 'topic', problem: `not every partition of "${topic}" has a leader`, seen: `${led} of ${partitions.length} have one`, fix }]
  }
  await offsetsAt(cluster, topic, partitions, 'latest')
  return []
}

async function codecFindings(cluster: Cluster, topic: string): Promise<readonly KafkaFinding[]> {
  const type = (await topicConfig(cluster, topic, ['compression.type'])).get('compression.type') ?? 'producer'
  // Where producers choose, any of them may come.
  const names = type === 'producer' ? (['snappy', 'lz4', 'zstd'] as const) : [type]
  return names.flatMap((name): KafkaFinding[] => {
    const fault = codecFault(name)
    if (fault === null) return []
    const problem = `messages that are compressed with ${name} cannot be read here`
    return [
      {
        check: 'codec',
        problem,
        seen: `${fault} (compression.type of "${topic}" is ${type})`,
        fix: 'install the package, use Node 22.15 or newer, or give kafkaSource its own function in codecs',
      },
    ]
  })
}

/** A broker tells no time. What it does tell is where the first message from a time on is. */
async function clockFindings(cluster: Cluster, topic: string): Promise<readonly KafkaFinding[]> {
  const partitions = partitionsOf(cluster, topic)
  const ahead = await offsetsAt(cluster, topic, partitions, Date.now() + AHEAD_MS)
  const found = [...ahead].filter(([, offset]) => offset >= 0).map(([partition, offset]) => `offset ${offset} of ${partitionId(topic, partition)}`)
  if (found.length === 0) return []
  const problem = 'messages are dated more than a minute ahead of the clock of this machine'
  return [{ check: 'clock', problem, seen: found.slice(0, 3).join(', '), fix: 'set the clocks of this machine, the brokers and the producers (NTP)' }]
}

async function groupFindings(
  kafka: Kafka,
  cluster: Cluster,
  { topic, groupId, logId }: DiagnoseOptions & { topic: string; groupId: string },
): Promise<readonly KafkaFinding[]> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = await offsetsAt(cluster, topic, partitionsOf(cluster, topic), 'latest')
  // The first request about any group makes a new cluster set its coordinators up, which takes seconds and is no fault.
  const again = (error: unknown, failures: number) => failures < COORDINATOR_TRIES && chain(error).some(({ type = '' }) => isForming.test(type))
  const asked = retry(() => admin.fetchOffsets({ groupId, topics: [topic] }), { again, first: 250, longest: 1000 })
  const answer = await asked.finally(() => admin.disconnect())
  const findings: KafkaFinding[] = []
  for (const { partition, offset, metadata = null } of answer.flatMap(({ partitions }) => partitions)) {
    const committed = Number(offset)
    if (committed < 0) continue
    const id = partitionId(topic, partition)
    const owner = logOf(metadata)
    const end = ends.get(partition) ?? 0
    if (logId !== undefined && owner !== logId) {
      const seen = `offset ${committed} of ${id} was committed by ${owner === null ? 'a program without a log of ours' : `the log ${owner}`}, and this log is ${logId}`
      findings.push({ check: 'group', problem: `the group "${groupId}" is used by another log`, seen, fix: 'give each log a group of its own' })
    } else if (committed > end && metadata !== claimNote(owner ?? '')) {
      const fix = 'the topic was probably deleted and created again: start over with a new log and another group'
      findings.push({
        check: 'group',
        problem: `the group "${groupId}" is ahead of the topic`,
        seen: `offset ${committed} of ${id}, which ends at ${end}`,
        fix,
      })
    }
  }
  return findings
}
