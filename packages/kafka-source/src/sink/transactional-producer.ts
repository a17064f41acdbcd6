import { isTicketsError, type Logger, TicketsError } from '@tickets/core'
import { backoff, logEvent, retry } from '@tickets/core/internal'
import { closeClient, createKafka, withCluster } from '../client/client.ts'
import { loadTopics } from '../client/metadata.ts'
import type { Kafka, Producer, Transaction } from '../client/port.ts'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { isConcurrent, isFenced, sinkError, tooSlow } from './errors.ts'
import { type GuardPlace, readGuard } from './guard.ts'
import type { StagedMessage } from './message-file.ts'
import { type TopicLimits, topicLimits } from './topic-limits.ts'

export interface ProducerOptions {
  readonly connection: ConnectionOptions
  readonly topic: string
  readonly transactionalId: string
  readonly guard: GuardPlace
  /** In milliseconds. */
  readonly transactionTimeout: number
  readonly retryFor: number
  readonly logger: Logger | undefined
}

interface Open {
  readonly kafka: Kafka
  readonly producer: Producer
  /** Exists in the client only; the broker learns of it with the first offset or message. */
  transaction: Transaction
  guard: number
  readonly limits: TopicLimits
}

/** The first and the longest pause between attempts. */
const RETRY_PAUSES_MS = { first: 100, longest: 5000 }

/** A guard that was committed within this time cannot have expired: no broker forgets offsets sooner. */
const GUARD_REFRESH_MS = 3_600_000

/**
 * The transactional producer of one flow of one task, and its guard (docs/internals/protocol.md#6.2).
 *
 * Nothing is retried inside a transaction. After any failure the producer is destroyed, and the next one starts as after a crash: its
 * initialisation fences the old producer and ends its transaction, and only then the guard is read. So a lost answer needs no special case.
 */
export class TransactionalProducer {
  readonly #o: ProducerOptions
  #open: Open | null = null
  #committed = Number.NEGATIVE_INFINITY
  #closed = false
  /** Whether the warning about a slow range was logged. */
  #warnedSlow = false

  constructor(options: ProducerOptions) {
    this.#o = options
  }

  /**
   * Creates the guard if there is none, before record `n` is created. So a guard that is missing later has expired.
   * Returns the limits of the topic.
   */
  prepare(n: number): Promise<TopicLimits> {
    return this.#withRetry(async () => {
      const open = await this.#ready()
      if (open.guard > n) throw this.#fencedError(null)
      if (open.guard < 0 || performance.now() - this.#committed > GUARD_REFRESH_MS) await this.#transact(open, n, [])
      return open.limits
    })
  }

  /** Returns the guard: all records below it are in the topic; -1 if there is none, or none any more. */
  guard(): Promise<number> {
    return this.#withRetry(async () => (await this.#ready()).guard)
  }

  /** Returns the committed guard, whoever wrote it, without fencing another producer. */
  committedGuard(): Promise<number> {
    return this.#withRetry(() => this.#guardNow())
  }

  /** Sends the messages of record `n`, all or none, unless they are in the topic. Returns whether it sent them. */
  publish(n: number, messages: (limits: TopicLimits) => Iterable<StagedMessage[]>): Promise<boolean> {
    return this.#withRetry(async () => {
      const open = await this.#ready()
      if (open.guard > n) return false
      await this.#transact(open, n + 1, messages(open.limits))
      return true
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    const open = this.#open
    this.#open = null
    if (open) await closeClient(open.kafka, () => open.producer.disconnect())
  }

  async #transact(open: Open, guard: number, messages: Iterable<StagedMessage[]>): Promise<void> {
    const { topic, guard: place, transactionTimeout } = this.#o
    const { transaction } = open
    let began = performance.now()
    const slow = setTimeout(() => this.#warnSlow(), transactionTimeout / 2)
    slow.unref()
    try {
      // Send the offset first: while the previous transaction is being decided, it is refused and sent again, before any message was sent.
      const offset = { topic: place.topic, partitions: [{ partition: 0, offset: String(guard) }] }
      await whileConcurrent(transactionTimeout, () => {
        began = performance.now()
        return transaction.sendOffsets({ consumerGroupId: place.group, topics: [offset] })
      })
      for (const group of messages) await transaction.send({ topic, acks: -1, messages: group })
      await transaction.commit()
    } catch (error) {
      if (performance.now() - began < transactionTimeout) throw error
      // The broker fences a producer whose transaction expired as it does one that was replaced. Who replaced it has moved the guard on.
      if (isFenced(error) && (await this.#guardNow()) >= guard) throw this.#fencedError(error)
      throw tooSlow(topic, transactionTimeout, error)
    } finally {
      clearTimeout(slow)
    }
    open.guard = guard
    this.#committed = performance.now()
    open.transaction = await open.producer.transaction()
  }

  #guardNow(): Promise<number> {
    const { connection, guard } = this.#o
    return withCluster(createKafka(connection, { retries: 4 }), (cluster) => readGuard(cluster, guard))
  }

  #warnSlow(): void {
    if (this.#warnedSlow) return
    this.#warnedSlow = true
    const { topic, transactionTimeout, logger } = this.#o
    logEvent(
      logger,
      'kafka.transaction_slow',
      { topic, timeoutMs: transactionTimeout },
      `writing one range to ${topic} has taken half of transactionTimeout (${transactionTimeout} ms), at which the broker ends it: raise transactionTimeout, or commit smaller ranges (\`range: { rows }\`)`,
    )
  }

  async #ready(): Promise<Open> {
    if (this.#closed) throw new TicketsError('TASK_LOST', `the writer for ${this.#o.topic} was closed`, { retryable: true })
    this.#open ??= await this.#begin()
    return this.#open
  }

  async #begin(): Promise<Open> {
    const { connection, topic, transactionalId, transactionTimeout, guard, logger } = this.#o
    const kafka = createKafka(connection, { retries: 4 })
    try {
      const producer = kafka.producer({ transactionalId, transactionTimeout, retries: 0 })
      await producer.connect()
      const cluster = kafka.cluster()
      try {
        await cluster.connect()
        await loadTopics(cluster, [topic], connection.brokers)
        // From here on no older producer can commit, and its open transaction is ended. Only now the guard is reliable.
        const transaction = await producer.transaction()
        const limits = await topicLimits(cluster, topic)
        if (limits.batchBytes === null)
          logEvent(
            logger,
            'kafka.limits_hidden',
            { topic },
            `this user may not see the configuration of ${topic}, so a row that the topic does not take is found only when it is recorded: allow DESCRIBE_CONFIGS on it`,
          )
        return { kafka, producer, transaction, guard: await readGuard(cluster, guard), limits }
      } finally {
        await cluster.disconnect()
      }
    } catch (error) {
      kafka.destroy()
      throw error
    }
  }

  #withRetry<R>(work: () => Promise<R>): Promise<R> {
    const { connection, topic, retryFor, logger, transactionalId } = this.#o
    const subject = { connection, transactionalId, groupId: this.#o.guard.group }
    const until = performance.now() + retryFor
    const again = (error: unknown, failures: number) => {
      if (this.#open) this.#open.kafka.destroy()
      this.#open = null
      // Not retried here: the same range takes as long again, and a new producer could fence an owner. The task reads the log first.
      if (isFenced(error)) throw isTicketsError(error) ? error : this.#fencedError(error)
      const failure = sinkError(error, connection.brokers, topic, 'SINK_FAILED', subject)
      const pause = backoff(failures, RETRY_PAUSES_MS)
      if (!failure.retryable || failure.code === 'TASK_LOST' || this.#closed || performance.now() + pause > until) throw failure
      const message = `writing to ${topic} failed and is tried again in ${pause} ms: ${failure.message}`
      logEvent(logger, 'kafka.write_retried', { topic, pauseMs: pause, code: failure.code }, message)
      return true
    }
    return retry(work, { again, ...RETRY_PAUSES_MS })
  }

  #fencedError(cause: unknown): TicketsError {
    const message = `another process writes this task's rows to ${this.#o.topic} now: ours is given up, and nothing of its open transaction is visible`
    return new TicketsError('TASK_LOST', message, { retryable: true, ...(cause ? { cause } : {}) })
  }
}

/** Runs `work` again while the broker still decides the transaction before this one, for at most `ms`. */
function whileConcurrent(ms: number, work: () => Promise<void>): Promise<void> {
  const until = performance.now() + ms
  return retry(work, { first: 5, longest: 200, again: (error) => isConcurrent(error) && performance.now() <= until })
}
