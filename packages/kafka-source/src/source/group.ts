import { type Assignments, type Logger, messageOf, TicketsError } from '@tickets/core'
import { logEvent, settlesWithin } from '@tickets/core/internal'
import { closeClient } from '../client/client.ts'
import { kafkaError } from '../client/errors.ts'
import { partitionId } from '../client/metadata.ts'
import type { DriverRetry, GroupClient, Kafka } from '../client/port.ts'
import { withRetry } from '../client/retry.ts'
import type { Subject } from '../client/subject.ts'
import type { Membership } from './group-claim.ts'
import type { Holding } from './holding.ts'

export interface GroupOptions {
  readonly kafka: (retry: DriverRetry) => Kafka
  readonly brokers: readonly string[]
  readonly topics: readonly string[]
  readonly groupId: string
  readonly sessionTimeout: number
  readonly heartbeatInterval: number
  readonly rebalanceTimeout: number
  readonly retryFor: number
  readonly on: Assignments
  /** Called at once when partitions are lost, before `on.revoked`. */
  readonly onLost: (partitions: readonly string[]) => void
  /** Called after each rebalance, before `on.assigned`. Throws if another log uses the group. */
  readonly admit?: ((member: Membership) => Promise<void>) | undefined
  readonly logger: Logger | undefined
  /** What its errors name. */
  readonly subject?: Subject | undefined
}

/** How long `close` waits for unfinished commits. */
const LAST_COMMITS_MS = 2000

/**
 * Membership in a consumer group: the driver joins, sends heartbeats and commits offsets, and fetches nothing. However slow reading and writing are,
 * the membership stands as long as the event loop turns.
 */
export class Group implements Holding {
  readonly isExclusive = true
  readonly #o: GroupOptions
  readonly #kafka: Kafka
  readonly #member: GroupClient
  #current = new Set<string>()
  #announced: readonly string[] = []
  #joins = 0
  #troubleSince: number | null = null
  #queue: Promise<void> = Promise.resolve()
  #failure: TicketsError | null = null
  #closed = false
  readonly #commits = new Map<string, Promise<void>>()
  readonly #waiting = new Map<string, { topic: string; partition: number; position: number; note: string }>()

  private constructor(options: GroupOptions) {
    this.#o = options
    const { groupId, topics, sessionTimeout, heartbeatInterval, rebalanceTimeout } = options
    this.#kafka = options.kafka({ retries: 6, restartOnFailure: async (error) => this.#mayRestart(error) })
    this.#member = this.#kafka.group({ groupId, topics, sessionTimeout, heartbeatInterval, rebalanceTimeout })
  }

  /** Joins the group. Settles when the first assignment has arrived. */
  static async join(options: GroupOptions): Promise<Group> {
    const group = new Group(options)
    try {
      await group.#start()
    } catch (error) {
      await group.close()
      throw kafkaError(error, options.brokers, options.subject)
    }
    return group
  }

  has(partition: string): boolean {
    return this.#current.has(partition)
  }

  async #start(): Promise<void> {
    await withRetry(this.#o, 'joining the group', async () => {
      // What an earlier try left may be a connection that nothing can be sent over.
      this.#kafka.drop()
      await this.#member.connect()
    })
    await this.#member.run({
      joined: (assignment) => this.#joined(Object.entries(assignment).flatMap(([topic, list]) => list.map((p) => partitionId(topic, p)))),
      rebalancing: () => this.#release(),
      crashed: (error, restarts) => this.#crashed(error, restarts),
    })
    if (this.#failure) throw this.#failure
  }

  #joined(partitions: readonly string[]): void {
    this.#release()
    this.#troubleSince = null
    this.#current = new Set(partitions)
    const join = ++this.#joins
    const isCurrent = () => join === this.#joins && !this.#closed
    this.#enqueue(async () => {
      if (!isCurrent()) return
      const commit = async (topic: string, partition: number, position: number, note: string) => {
        await this.#member.commitOffsets([{ topic, partition, offset: String(position), metadata: note }])
      }
      await this.#o.admit?.({ partitions, isCurrent, commit })
      if (!isCurrent()) return
      this.#announced = partitions
      this.#o.on.assigned(partitions)
    })
  }

  /** Gives up all partitions at once. The next member starts from the log. */
  #release(): void {
    const lost = [...this.#current]
    this.#current = new Set()
    this.#joins++
    this.#o.onLost(lost)
    this.#enqueue(async () => {
      const told = this.#announced
      this.#announced = []
      if (told.length > 0) await this.#o.on.revoked(told)
    })
  }

  #enqueue(step: () => void | Promise<void>): void {
    this.#queue = this.#queue.then(step).catch((error: unknown) => this.#o.on.failed(error))
  }

  #mayRestart(error: Error): boolean {
    if (this.#closed || !kafkaError(error, this.#o.brokers).retryable) return false
    this.#troubleSince ??= Date.now()
    return Date.now() - this.#troubleSince < this.#o.retryFor
  }

  #crashed(error: Error, restarts: boolean): void {
    const { groupId, logger } = this.#o
    const fields = { groupId, code: this.#codeOf(error), restarts }
    logEvent(logger, 'kafka.group_failed', fields, `the consumer group ${groupId} failed: ${error.message}`)
    if (this.#closed) return
    this.#release()
    if (restarts) return
    this.#failure = kafkaError(error, this.#o.brokers, this.#o.subject)
    const failure = this.#failure
    this.#enqueue(() => this.#o.on.failed(failure))
  }

  #codeOf(error: unknown): string {
    return kafkaError(error, this.#o.brokers).code
  }

  /** Commits an offset with a note, later, with one commit at a time for each partition. A failure is only logged. */
  commit(topic: string, partition: number, position: number, note: string): void {
    const id = partitionId(topic, partition)
    if (!this.#current.has(id)) return
    this.#waiting.set(id, { topic, partition, position, note })
    if (!this.#commits.has(id))
      this.#commits.set(
        id,
        this.#flush(id).finally(() => this.#commits.delete(id)),
      )
  }

  async #flush(id: string): Promise<void> {
    for (let next = this.#waiting.get(id); next; next = this.#waiting.get(id)) {
      this.#waiting.delete(id)
      const { topic, partition, position, note } = next
      try {
        await this.#member.commitOffsets([{ topic, partition, offset: String(position), metadata: note }])
      } catch (error) {
        const fields = { partition: id, code: this.#codeOf(error) }
        const message = `the offset of ${id} was not committed; the log has the position: ${messageOf(error)}`
        logEvent(this.#o.logger, 'kafka.offset_not_committed', fields, message)
      }
    }
  }

  /** Commits what waits (for two seconds at most), leaves the group, disconnects. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await settlesWithin(Promise.all(this.#commits.values()), LAST_COMMITS_MS)
    const lost = [...this.#current]
    this.#current = new Set()
    this.#o.onLost(lost)
    const { groupId, logger } = this.#o
    const warn = (error: unknown) =>
      logEvent(logger, 'kafka.group_not_left', { groupId, code: this.#codeOf(error) }, `leaving the group ${groupId} failed: ${messageOf(error)}`)
    await closeClient(this.#kafka, () => this.#member.disconnect().catch(warn))
  }
}

/** Returns the error that `open` and `read` throw for a partition that the group has given to another member. */
export const lostPartition = (id: string): TicketsError =>
  new TicketsError('TASK_LOST', `${id} is not assigned to this process now: the group has given it to another member`, { retryable: true })
