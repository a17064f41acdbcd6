import { TicketsError } from '@tickets/core'
import { isNamed, isSilent, kafkaError } from '../client/errors.ts'
import { boundsOf, checkPosition, partitionId } from '../client/metadata.ts'
import type { Cluster } from '../client/port.ts'
import { type FetchedPartition, fetchAnswer, fetchApi, fetchRequest } from '../protocol/fetch-request.ts'
import { localStart } from '../protocol/local-start.ts'
import type { EmptyAnswers } from './empty-answers.ts'
import { FetchPace } from './fetch-pace.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { topicGone } from './topic-watch.ts'

export interface FetchOptions {
  readonly brokers: readonly string[]
  readonly wait: number
  readonly partitionBytes: number
  /** Bytes that a fetch waits for; absent: what the pace of the topics says. */
  readonly fetchMinBytes: number | undefined
  readonly fetchBytes: number
  readonly retryFor: number
  /** Called when a request got no answer at all: its connection may be dead, and would lose the next one too. */
  readonly onHang: () => void
  /** Returns the topics that do not exist now. Fails the queues of a topic that was created again. */
  readonly missingTopics: () => Promise<ReadonlySet<string>>
  /** Called when a partition moved past offsets without a message. */
  readonly onGap: (gap: Gap) => void
}

/** Offsets `[from, to)` without a message, as a repeated answer proved. */
export interface Gap {
  readonly partition: string
  readonly from: number
  readonly to: number
}

/** What one request asks of a partition. */
interface Asked {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly isAtEnd: boolean
  /** All of them take the answer. */
  readonly readers: PartitionQueue[]
}

const NOT_ASKED = { readers: [], offset: -1, isAtEnd: false } satisfies Partial<Asked>

/**
 * Returns what to ask by partition. A request names a partition once: of several readers of one those that are furthest behind are served, and so they
 * meet, and share the answers from then on.
 */
function askedOf(queues: readonly PartitionQueue[]): Map<string, Asked> {
  const asked = new Map<string, Asked>()
  for (const queue of queues) {
    const { topic, partition, offset, end } = queue
    const id = partitionId(topic, partition)
    const known = asked.get(id)
    if (known?.offset === offset) known.readers.push(queue)
    else if (!known || offset < known.offset) asked.set(id, { topic, partition, offset, isAtEnd: offset >= end, readers: [queue] })
  }
  return asked
}

/** Error codes that pass when the list of leaders is fetched again: elections, moves, a broker that starts. */
const passing = new Set([3, 5, 6, 7, 8, 9, 13, 56, 74, 75, 76, 78, 100, 103])
const outOfRange = 1
const unknownTopic = 3
const denied = 29

/**
 * Fetches for the partitions that have room: one request at a time to each broker, over a connection of our own, so that at most one answer a broker
 * is held beside the queues.
 *
 * kafkajs's own consumer is not used for this. It moves on silently when an offset is out of range, does not move at all past a batch that
 * compaction emptied, and can deliver messages of aborted transactions when it starts between several; and it decodes all it fetches.
 */
export class Fetcher {
  #cluster: Cluster
  readonly #options: FetchOptions
  /** In the order in which they are served. */
  readonly #queues = new Set<PartitionQueue>()
  readonly #rounds = new Map<string, Promise<void>>()
  /** How fast messages arrive at each broker. */
  readonly #paces = new Map<string, FetchPace>()
  /** A topic was missing. Before anything more is read, it must be known to be the same topic. */
  #mayBeRecreated = false
  #closed = false
  #timer: NodeJS.Timeout | undefined

  constructor(cluster: Cluster, options: FetchOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  add(queue: PartitionQueue): void {
    this.#queues.add(queue)
    this.wake()
  }

  remove(queue: PartitionQueue): void {
    this.#queues.delete(queue)
  }

  /** Looks for partitions that have room; called when one may have got some. */
  wake(): void {
    if (this.#closed) return
    const hungry = new Map<string, PartitionQueue[]>()
    const now = Date.now()
    let later = Number.POSITIVE_INFINITY
    for (const queue of this.#queues) {
      if (queue.room === 0) continue
      if (queue.emptyAnswers && queue.emptyAnswers.askAt > now) {
        later = Math.min(later, queue.emptyAnswers.askAt)
        continue
      }
      const leader = this.#leader(queue)
      hungry.set(leader, [...(hungry.get(leader) ?? []), queue])
    }
    for (const [node, queues] of hungry) {
      if (this.#rounds.has(node)) continue
      const round = this.#round(node, queues).finally(() => {
        this.#rounds.delete(node)
        this.wake()
      })
      this.#rounds.set(node, round)
    }
    clearTimeout(this.#timer)
    if (later < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.wake(), later - now)
  }

  /** Uses these connections from now on. Requests on the old ones fail when those are closed. */
  useCluster(cluster: Cluster): void {
    this.#cluster = cluster
    this.wake()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await Promise.all(this.#rounds.values())
  }

  /** Returns the id of the broker that leads the partition; empty if it is not known now. */
  #leader(queue: PartitionQueue): string {
    try {
      return Object.keys(this.#cluster.findLeaderForPartitions(queue.topic, [queue.partition]))[0] ?? ''
    } catch {
      return ''
    }
  }

  async #round(node: string, hungry: PartitionQueue[]): Promise<void> {
    const alone = hungry.find((q) => q.emptyAnswers)
    let queues = alone ? [alone] : hungry
    try {
      if (this.#mayBeRecreated) {
        const gone = await this.#options.missingTopics()
        this.#mayBeRecreated = gone.size > 0
        for (const queue of queues) if (gone.has(queue.topic)) this.#noteFailure([queue], topicGone(queue.topic))
        queues = queues.filter((queue) => !gone.has(queue.topic))
      }
      const trouble = queues.length === 0 || (await this.#fetch(node, queues))
      if (trouble) await this.#recover()
    } catch (error) {
      if (isSilent(error) || isNamed(error, /RequestTimeout/)) this.#options.onHang()
      this.#noteFailure(queues, kafkaError(error, this.#options.brokers))
      await this.#recover()
    }
  }

  async #fetch(node: string, queues: PartitionQueue[]): Promise<boolean> {
    if (node === '')
      throw new TicketsError(
        'SOURCE_UNREACHABLE',
        `No broker leads ${queues.map((q) => partitionId(q.topic, q.partition)).join(', ')} now: start the brokers that hold it`,
        { retryable: true },
      )
    if ((await this.#cluster.maxVersion(node, fetchApi.apiKey)) < fetchApi.apiVersion) {
      throw new TicketsError('SOURCE_FAILED', 'The Kafka broker is too old: version 2.3 or newer is needed (Fetch v11)')
    }
    const { partitionBytes, fetchMinBytes, fetchBytes } = this.#options
    // A partition that is full now may soon have room, so the broker must not hold a request for others that are caught up.
    const soon = [...this.#queues].some((q) => q.length > 0 && !queues.includes(q))
    const usual = soon ? Math.min(20, this.#options.wait) : this.#options.wait
    const empty = queues[0]?.emptyAnswers
    const pace = this.#paceOf(node)
    const { least, wait } = empty
      ? { least: 1, wait: Math.max(usual, empty.wait) }
      : fetchMinBytes !== undefined
        ? { least: fetchMinBytes, wait: usual }
        : pace.next(usual, performance.now())
    const asked = askedOf(queues)
    const partitions = [...asked.values()].map(({ topic, partition, offset, readers }) => ({
      topic,
      partition,
      offset,
      bytes: Math.max(1, Math.min(partitionBytes, ...readers.map(({ room }) => room))),
    }))
    const body = fetchRequest(partitions, wait, least, fetchBytes)
    const answer = await this.#cluster.send(node, { ...fetchApi, body, held: wait }, fetchAnswer)
    if (answer.error !== 0)
      throw new TicketsError('SOURCE_FAILED', `The Kafka broker answered a fetch with error ${answer.error}`, { retryable: true })
    let trouble = false
    for (const fetched of answer.partitions) {
      const { readers, offset, isAtEnd } = asked.get(partitionId(fetched.topic, fetched.partition)) ?? NOT_ASKED
      if (isAtEnd) pace.arrived(fetched.records.length, performance.now())
      for (const queue of readers) {
        if (!this.#queues.has(queue)) continue
        if (fetched.error !== 0) {
          await this.#refuse(queue, offset, fetched)
          trouble = true
        } else if (this.#take(queue, fetched, offset, partitions.length === 1)) {
          // A partition that got messages goes to the end, so that none starves: only the first one is sure to get a batch larger than its limit.
          this.#queues.delete(queue)
          this.#queues.add(queue)
        } else if (queue.failingSince !== null) trouble = true
        else if (queue.emptyAnswers) await this.#onEmptyAnswers(node, queue, queue.emptyAnswers)
      }
    }
    return trouble
  }

  #paceOf(node: string): FetchPace {
    const pace = this.#paces.get(node) ?? new FetchPace()
    this.#paces.set(node, pace)
    return pace
  }

  /** Takes the answer for one partition. A damaged one fails that partition only. */
  #take(queue: PartitionQueue, fetched: FetchedPartition, asked: number, wasAlone: boolean): boolean {
    try {
      return queue.take(fetched, asked, wasAlone)
    } catch (error) {
      const { code, message, retryable } = kafkaError(error, this.#options.brokers)
      const id = partitionId(queue.topic, queue.partition)
      this.#noteFailure([queue], new TicketsError(code, `${id}: ${message}`, { cause: error, retryable }))
      return false
    }
  }

  /** Moves past a gap only once it is proved. Waits for an answer from remote storage. */
  async #onEmptyAnswers(node: string, queue: PartitionQueue, empty: EmptyAnswers): Promise<void> {
    if (!empty.isProof(true)) return
    const { topic, partition, offset } = queue
    const first = await localStart(this.#cluster, node, topic, partition)
    if (queue.offset !== offset || queue.emptyAnswers !== empty) return
    const id = partitionId(topic, partition)
    if (first !== null && offset < first) {
      if (Date.now() - empty.since < this.#options.retryFor) return
      const message = `${id}: the messages from ${offset} on lie in remote storage, and the broker has handed out none of them since ${new Date(empty.since).toISOString()}: look at the broker's remote storage, and raise its remote.fetch.max.wait.ms (500 by default)`
      queue.fail(new TicketsError('SOURCE_UNREACHABLE', message, { retryable: true }))
    } else if (empty.isProof(first !== null)) {
      const to = empty.end
      queue.skip(to)
      this.#options.onGap({ partition: id, from: offset, to })
    }
  }

  async #refuse(queue: PartitionQueue, offset: number, { error }: FetchedPartition): Promise<void> {
    const id = partitionId(queue.topic, queue.partition)
    queue.interrupt()
    if (error === outOfRange) {
      checkPosition(id, 'position', offset, await boundsOf(this.#cluster, queue.topic, queue.partition))
      return
    }
    if (passing.has(error)) {
      const gone = error === unknownTopic
      this.#mayBeRecreated ||= gone
      const passes = new TicketsError('SOURCE_UNREACHABLE', `${id}: the broker answers with error ${error}`, { retryable: true })
      this.#noteFailure([queue], gone ? topicGone(queue.topic) : passes)
      return
    }
    const message =
      error === denied
        ? `${id}: this user may not read the topic: allow READ on it`
        : `${id}: the broker refuses to hand out messages (error ${error})`
    queue.fail(new TicketsError('SOURCE_FAILED', message))
  }

  #noteFailure(queues: PartitionQueue[], error: TicketsError): void {
    const now = Date.now()
    for (const queue of queues) {
      queue.failingSince ??= now
      if (!(error.retryable || error.code === 'SOURCE_MISSING') || now - queue.failingSince >= this.#options.retryFor) queue.fail(error)
    }
  }

  async #recover(): Promise<void> {
    if (this.#closed) return
    await new Promise((done) => setTimeout(done, 200))
    if (!this.#closed) await this.#cluster.refreshMetadata().catch(() => this.#cluster.connect().catch(() => {}))
  }
}
