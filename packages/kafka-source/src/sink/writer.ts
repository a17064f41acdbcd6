import { type Batch, isTicketsError, messageOf, type Range, type Schema, type Staged, type TaskId, TicketsError, type Writer } from '@tickets/core'
import { WriterGuard } from '@tickets/core/internal'
import { MessageEncoder, type OutgoingMessage, stagedMessages } from './message-file.ts'
import type { RangeId, RangeStaging } from './staging.ts'
import { batchSize, requestBytes, type TopicLimits } from './topic-limits.ts'
import type { TransactionalProducer } from './transactional-producer.ts'

/** Serializes the rows of a range as messages. */
export interface RecordSerializer<T> {
  /** Returns the messages of a range's rows, and others after them. */
  messages(batches: readonly Batch<T>[], range: Range): Iterable<OutgoingMessage>
  /** Returns whether a range without rows has messages too. */
  hasMessagesFor?(range: Range): boolean
}

export interface WriterOptions<T> {
  readonly task: TaskId
  readonly topic: string
  readonly schema: Schema<T>
  readonly serializer: RecordSerializer<T>
  readonly staging: RangeStaging
  readonly producer: TransactionalProducer
  readonly batchBytes: number
}

interface StagedRange extends RangeId {
  readonly rows: number
  readonly bytes: number
}

/** Encoding yields to the event loop after this many rows, so that heartbeats are sent. */
const YIELD_EVERY_ROWS = 4096

/** Writes one flow of one task to a topic: staged in a file, recorded, then sent in one transaction with its guard (docs/internals/protocol.md#6.2). */
export class KafkaWriter<T> implements Writer<T> {
  readonly #o: WriterOptions<T>
  #kept: Batch<T>[] = []
  readonly #guard: WriterGuard

  constructor(options: WriterOptions<T>) {
    this.#o = options
    const { task, topic, schema } = options
    this.#guard = new WriterGuard({ flow: task.flow, target: topic, schema })
  }

  async write(batch: Batch<T>): Promise<void> {
    this.#guard.check(batch)
    if (batch.length > 0) this.#kept.push(batch)
  }

  stage(n: number, attempt: string, range: Range): Promise<Staged | null> {
    const batches = this.#kept
    this.#kept = []
    const { serializer } = this.#o
    if (batches.length === 0 && !serializer.hasMessagesFor?.(range)) return Promise.resolve(null)
    return this.#stage(serializer.messages(batches, range)[Symbol.iterator](), { n, attempt })
  }

  async #stage(messages: Iterator<OutgoingMessage>, range: RangeId): Promise<Staged> {
    const { producer, staging } = this.#o
    const limits = await producer.prepare(range.n)
    const encoder = new MessageEncoder()
    for (let message = this.#next(messages, limits); message; message = this.#next(messages, limits)) {
      encoder.add(message)
      if (encoder.count % YIELD_EVERY_ROWS === 0) await new Promise((done) => setImmediate(done))
    }
    const parts = encoder.end()
    await staging.write(range, parts)
    return { ...range, rows: encoder.count, bytes: parts.reduce((sum, part) => sum + part.byteLength, 0) }
  }

  #next(messages: Iterator<OutgoingMessage>, limits: TopicLimits): OutgoingMessage | null {
    const { task, topic } = this.#o
    let next: IteratorResult<OutgoingMessage>
    try {
      next = messages.next()
    } catch (error) {
      if (isTicketsError(error)) throw error
      const reason = messageOf(error)
      throw new TicketsError(
        'SINK_FAILED',
        `flow "${task.flow}": a row cannot be made a message for ${topic} (${reason}): fix \`key\`, \`value\`, \`headers\` or \`partition\``,
        { cause: error },
      )
    }
    if (next.done) return null
    const wrong = refusal(next.value, limits, topic)
    if (wrong) throw new TicketsError('SINK_FAILED', `flow "${task.flow}": ${wrong}`)
    return next.value
  }

  async publish(staged: Staged): Promise<void> {
    const { producer, staging, batchBytes, topic } = this.#o
    const range = fromStaged(staged, topic)
    if (await staging.has(range, 'done')) return staging.drop(range)
    const file = await staging.read(range)
    if (!file) {
      // Another process has sent these messages, removed the file and committed later records. This process is a zombie, and its next append fails.
      if ((await producer.committedGuard()) > range.n) return
      throw this.#gone(range)
    }
    if (file.length !== range.bytes) throw this.#gone(range, ` (it has ${file.length} bytes instead of ${range.bytes})`)
    if ((await producer.guard()) < 0 && !(await staging.has(range, 'send'))) throw this.#unknown(range)
    await producer.publish(range.n, (limits) => stagedMessages(file, requestBytes(batchBytes, limits)))
    await staging.done(range)
  }

  sweep(head: RangeId): Promise<void> {
    return this.#o.staging.sweep(head)
  }

  async close(): Promise<void> {
    this.#guard.close()
    this.#kept = []
    await this.#o.producer.close()
  }

  #gone(range: RangeId, how = ''): TicketsError {
    const { staging, topic, task } = this.#o
    const message = `flow "${task.flow}": range ${range.n} is recorded, but is neither in ${topic} nor, whole, in ${staging.pathOf(range, 'tmp')}${how}: restore that file from a backup, use the \`staging\` folder of before, or start over (delete the log, and the topic)`
    return new TicketsError('STAGED_LOST', message)
  }

  /** Returns the error for a guard that the broker has forgotten, days after it was last set: nothing says whether the last transaction was committed. */
  #unknown(range: RangeId): TicketsError {
    const { staging, topic, task } = this.#o
    const message = `flow "${task.flow}": the broker has forgotten how far ${topic} is written (offsets.retention.minutes, or the topic was created again), and the last run died while it wrote range ${range.n}. Look whether its rows are in the topic: if so, create the empty file ${staging.pathOf(range, 'done')}; if not, create ${staging.pathOf(range, 'send')}. Then start again`
    return new TicketsError('SINK_FAILED', message)
  }
}

/** Returns why the topic would refuse a message, or null. Once its row is recorded it would be too late to fix it (law 10). */
function refusal(message: OutgoingMessage, { partitions, batchBytes, needsKey }: TopicLimits, topic: string): string | null {
  const { partition, key } = message
  if (partition !== undefined && !(Number.isSafeInteger(partition) && partition >= 0 && partition < partitions))
    return `\`partition\` gave ${partition}, and ${topic} has partitions 0 to ${partitions - 1}`
  if (needsKey && key === null)
    return `a row has no key, and ${topic} is compacted (cleanup.policy), which takes no message without one: give every row a key (\`key\`), filter those without, or take "compact" out of the policy, and run again; nothing of this range was committed`
  const size = batchSize(message)
  if (batchBytes !== null && size > batchBytes)
    return `the message of a row${key === null ? '' : ` with key ${shown(key)}`} has ${size} bytes, and ${topic} takes ${batchBytes}: raise the topic's max.message.bytes (and segment.bytes where that is lower), make \`value\` smaller, or filter such rows, and run again; nothing of this range was committed`
  return null
}

const shown = (key: Uint8Array | string): string => JSON.stringify(String(typeof key === 'string' ? key : Buffer.from(key)).slice(0, 60))

/** Reads what `stage` returned. */
function fromStaged(staged: Staged, topic: string): StagedRange {
  const { n, attempt, rows, bytes } = staged as { [key: string]: unknown }
  const good = Number.isSafeInteger(n) && typeof attempt === 'string' && /^[\w-]+$/.test(attempt) && Number.isSafeInteger(bytes)
  if (good) return { n, attempt, rows, bytes } as StagedRange
  throw new TicketsError(
    'LOG_DAMAGED',
    `the record for ${topic} does not name its staged rows as this release does: restore the log from a backup, or finish with the release that wrote it`,
  )
}
