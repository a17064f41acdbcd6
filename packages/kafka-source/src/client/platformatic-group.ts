import type * as Platformatic from '@platformatic/kafka'
import { backoff, settlesWithin, systemClock } from '@tickets/core/internal'
import type { ConnectionSettings } from '../connection/broker-connection.ts'
import { brokerRequests } from '../connection/broker-requests.ts'
import { ConnectionFault } from '../connection/fault.ts'
import { checkOffsetCommit, offsetCommitApi, offsetCommitRequest } from './offset-commit.ts'
import { faultOf, loadPlatformatic, withFaults } from './platformatic-library.ts'
import type { DriverRetry, GroupClient, GroupEvents, GroupSettings } from './port.ts'

/** Pauses before a member that failed joins again. */
const REJOIN_PAUSES_MS = { first: 300, longest: 5000 }
/** How long leaving the group may take. */
const LEAVE_MS = 3000

/**
 * A consumer of the library that is a member of a group and fetches nothing.
 *
 * Offsets are committed by a request of our own, since the library's cannot carry a note, which says what log an offset is from.
 */
export class PlatformaticGroup implements GroupClient {
  readonly #options: Platformatic.BaseOptions
  readonly #settings: GroupSettings
  readonly #retry: DriverRetry
  readonly #requests: ReturnType<typeof brokerRequests>
  #consumer: Platformatic.Consumer | null = null
  #events: GroupEvents | null = null
  #isClosed = false

  constructor(options: Platformatic.BaseOptions, connection: ConnectionSettings, settings: GroupSettings, retry: DriverRetry) {
    this.#options = options
    this.#settings = settings
    this.#retry = retry
    this.#requests = brokerRequests(connection, (nodeId) => this.#consumer?.currentMetadata?.brokers.get(Number(nodeId)))
  }

  async connect(): Promise<void> {
    await this.#end()
    const { groupId, topics, sessionTimeout, heartbeatInterval, rebalanceTimeout } = this.#settings
    const { Consumer } = await loadPlatformatic()
    const times = { sessionTimeout, heartbeatInterval, rebalanceTimeout, heartbeatStallTimeout: sessionTimeout }
    const consumer = new Consumer({ ...this.#options, ...times, groupId, autocommit: false })
    this.#consumer = consumer
    consumer.topics.trackAll(...topics)
    consumer.on('consumer:group:join', ({ assignments = [] }) =>
      this.#events?.joined(Object.fromEntries(assignments.map(({ topic, partitions }) => [topic, partitions]))),
    )
    consumer.on('consumer:group:rebalance', () => this.#events?.rebalancing())
    consumer.on('error', (error: Error) => void this.#failed(consumer, error))
    consumer.on('consumer:heartbeat:stalled', ({ lastError }) => {
      const silent = new ConnectionFault('RequestTimeoutError', `no heartbeat was answered for ${sessionTimeout} ms`, { cause: lastError })
      void this.#failed(consumer, lastError ?? silent)
    })
    await withFaults(() => consumer.metadata({ topics: [...topics], forceUpdate: true }))
  }

  async run(events: GroupEvents): Promise<void> {
    this.#events = events
    const consumer = this.#consumer
    if (consumer) await this.#join(consumer)
  }

  async commitOffsets(offsets: Parameters<GroupClient['commitOffsets']>[0]): Promise<void> {
    const consumer = this.#consumer
    const { memberId = null, generationId = -1 } = consumer ?? {}
    if (!consumer || memberId === null)
      throw new ConnectionFault('ProtocolError', 'this process is no member of the group now', { type: 'UNKNOWN_MEMBER_ID' })
    const body = offsetCommitRequest({ groupId: this.#settings.groupId, generationId, memberId }, offsets)
    const coordinator = consumer.coordinatorId ?? (await withFaults(() => consumer.findGroupCoordinator()))
    checkOffsetCommit(await this.#requests.send(String(coordinator), { ...offsetCommitApi, body }))
  }

  async disconnect(): Promise<void> {
    this.#isClosed = true
    this.#requests.close()
    await this.#end()
  }

  /** Joins, and again after a failure for as long as the membership may. */
  async #join(consumer: Platformatic.Consumer, failures = 0): Promise<void> {
    if (this.#isClosed || this.#consumer !== consumer) return
    try {
      await consumer.joinGroup({})
    } catch (error) {
      await this.#failed(consumer, error as Error, failures + 1)
    }
  }

  async #failed(consumer: Platformatic.Consumer, thrown: Error, failures = 1): Promise<void> {
    if (this.#isClosed || this.#consumer !== consumer) return
    const error = faultOf(thrown) as Error
    const restarts = (await this.#retry.restartOnFailure?.(error)) ?? false
    this.#events?.crashed(error, restarts)
    if (!restarts) return
    await systemClock.sleep(backoff(failures, REJOIN_PAUSES_MS))
    await this.#join(consumer, failures)
  }

  async #end(): Promise<void> {
    const consumer = this.#consumer
    this.#consumer = null
    if (!consumer) return
    // Leaving asks the broker, which may not answer.
    await settlesWithin(consumer.close(true), LEAVE_MS).catch(() => false)
    await consumer.connections.close()
  }
}
