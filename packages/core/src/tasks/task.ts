import type { PartialAggregate } from '../aggregate/partial-aggregate.ts'
import { yieldToEventLoop } from '../base/async.ts'
import { TicketsError } from '../base/errors.ts'
import { randomId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import { addCounts, byName } from '../base/own-names.ts'
import { Committer } from '../commit/committer.ts'
import { Writers } from '../commit/writers.ts'
import { deadLetters, rejectedError } from '../connectors/dead-letter.ts'
import type { Chunk } from '../connectors/source.ts'
import { Graph } from '../dataflow/graph.ts'
import { checkRequirements } from '../dataflow/requirements.ts'
import { readTaskRecord, type TaskRecord } from '../records/task-record.ts'
import { PartitionClock } from '../time/watermark.ts'
import { WatermarkAlignment } from './alignment.ts'
import { DEAD_LETTERS, freshStatus, knownTasks, LATE, type TaskContext, type TaskStatus, taskOutputs } from './context.ts'
import { type CommitKind, CurrentRange } from './range.ts'
import { Reading } from './reading.ts'
import { closeRevoked, raceRevoked, taskLost } from './revocation.ts'

/** What one read may return: enough to be fast; less where the memory limit asks for it. */
const CHUNK = { rows: 16_384, bytes: 1024 * 1024 }

/**
 * One partition from its source to its record: read, push, cut, commit, again (protocol 2). Opened anew for each assignment; nothing is
 * kept warm (3.12).
 */
export class Task<T> {
  readonly #runtime: TaskContext<T>
  readonly #partition: string
  readonly #graph: Graph<T>
  readonly #outputs: Writers
  readonly #committer: Committer
  readonly #stop: AbortSignal
  readonly #abandon: AbortSignal
  readonly #status: TaskStatus
  readonly #drift: WatermarkAlignment
  #paused = false
  #clock: PartitionClock
  readonly #reading: Reading<T>
  #range: CurrentRange
  #rows = 0
  #rejected = 0
  #late = byName<number>()
  #written = byName<number>()
  #idle = false
  #ended = false
  /** This run's part is read to its end. */
  #done = false

  private constructor(runtime: TaskContext<T>, partition: string, graph: Graph<T>, outputs: Writers, stop: AbortSignal, abandon: AbortSignal) {
    this.#runtime = runtime
    this.#partition = partition
    this.#graph = graph
    this.#outputs = outputs
    this.#stop = AbortSignal.any([stop, abandon])
    this.#abandon = abandon
    this.#clock = new PartitionClock(runtime.time.maxOutOfOrderness)
    this.#reading = new Reading(runtime, partition)
    this.#drift = new WatermarkAlignment(runtime, partition)
    this.#range = new CurrentRange(runtime, null)
    this.#committer = new Committer({
      log: runtime.log,
      task: partition,
      attempt: randomId(),
      outputs,
      operators: graph.stateful,
      gone: runtime.gone,
      neededFrom: () => runtime.neededFrom(partition),
      freed: () => runtime.budget.wake(),
    })
    this.#status = freshStatus(runtime.clock.now())
    runtime.statuses.set(partition, this.#status)
  }

  /** Runs a partition until its end, or until `stop` aborts; then what was read is committed. Throws what stops it, with nothing half-done. */
  static async run<T>(runtime: TaskContext<T>, partition: string, stop: AbortSignal, abandon: AbortSignal): Promise<'done' | 'stopped'> {
    const graph = new Graph('task', runtime.source.schema, runtime.flows, runtime.originOf(partition))
    checkRequirements(graph, runtime.source, new Set([...runtime.partitions, partition]).size)
    let task: Task<T> | undefined
    abandon.addEventListener('abort', () => graph.close(), { once: true })
    try {
      const outputs = await Writers.open(taskOutputs(graph, runtime), { logId: runtime.logId, task: partition }, runtime.budget, runtime.logger)
      task = new Task(runtime, partition, graph, outputs, stop, abandon)
      await task.#recover()
      return await task.#loop()
    } finally {
      graph.close()
      if (task) await task.#close()
    }
  }

  async #recover(): Promise<void> {
    const { time } = this.#runtime
    const head = await this.#committer.recover()
    const body = head && readTaskRecord(head)
    if (body) {
      this.#clock = new PartitionClock(time.maxOutOfOrderness, body.watermark ?? Number.NEGATIVE_INFINITY)
      this.#idle = body.idle
      this.#ended = body.ended
      this.#rows = body.counts.rows
      this.#rejected = body.counts.rejected
      this.#outputs.refused = body.counts.refused ?? 0
      this.#late = byName(body.counts.late)
      this.#written = byName(body.counts.written)
      this.#reading.memory = body.memory
      this.#reading.reference = body.reference ?? this.#reading.reference
      this.#runtime.committed(this.#partition)
    }
    const from = body ? body.to : await this.#runtime.startOf(this.#partition)
    this.#range = new CurrentRange(this.#runtime, from)
    this.#graph.onLate = (operator, rows) => {
      this.#late[operator] = (this.#late[operator] ?? 0) + rows.length
      this.#status.late += rows.length
      this.#outputs.write(this.#graph.lateSinks.get(operator) ? `${LATE}:${operator}` : LATE, rows)
    }
    this.#graph.onRefused = this.#outputs.refuse
    for (const end of this.#graph.ends) end.accept = (batch) => this.#outputs.write(end.flow, batch)
    Object.assign(this.#status, { watermark: this.#clock.watermark, idle: this.#idle, ended: this.#ended })
    // Protocol 7.3: the first task's record 0 publishes each dataset, with its columns and no rows.
    if (!body && (this.#runtime.begun[0] ?? this.#runtime.partitions[0]) === this.#partition) await this.#commit('first')
    if (this.#reading.needsReference && !this.#ended) await this.#renewReference()
    else await this.#reading.open(from)
  }

  async #loop(): Promise<'done' | 'stopped'> {
    const { clock } = this.#runtime
    let failure: { error: unknown } | null = null
    this.#graph.onFailure = (error) => {
      failure = { error }
    }
    this.#status.lastRow = clock.now()
    for (;;) {
      if (failure) throw (failure as { error: unknown }).error
      this.#committer.check()
      if (this.#abandon.aborted) throw taskLost(this.#partition)
      if (this.#stop.aborted) {
        await this.#commit('range')
        await this.#rest()
        return 'stopped'
      }
      if (this.#isDue) await this.#commit('range')
      if (!this.#paused && this.#range.isIdle(this.#status)) await this.#commit('idle')
      this.#paused = await this.#drift.hold(this.#clock.watermark, this.#stop)
      if (this.#paused) continue
      const chunk = await this.#read()
      if (chunk === 'end') return this.#end()
      if (chunk) await this.#take(chunk)
      await yieldToEventLoop()
    }
  }

  get #isDue(): boolean {
    return this.#range.isDue(this.#outputs.held, this.#committer.isBusy)
  }

  /** One read, within the room that the memory limit leaves; null when the range has to end first, or a stop came. */
  async #read(): Promise<Chunk<T, Json> | 'end' | null> {
    const { budget, partitions } = this.#runtime
    const flows = Math.max(1, this.#graph.ends.filter((end) => !end.inMergeStage).length)
    const bytes = Math.min(CHUNK.bytes, budget.share(flows * partitions.length))
    // A commit that ended since it was asked last may have made this range due, and would wake nobody who begins to wait only now.
    if (this.#isDue) return null
    const release = await budget.reserve(bytes * flows, this.#stop)
    if (!release) return null
    try {
      if (this.#stop.aborted) return null
      const rows = Math.min(CHUNK.rows, this.#range.room)
      return await this.#reading.read({ rows, bytes, ms: this.#range.patience(this.#status), signal: this.#stop })
    } finally {
      release()
    }
  }

  async #take(chunk: Chunk<T, Json>): Promise<void> {
    if (this.#reading.isAheadOfReference(chunk)) return this.#renewReference()
    const { batch, rejected, position, lag, watermark = Number.NEGATIVE_INFINITY } = chunk
    if (this.#range.isTooSmallFor(batch.length + rejected.length)) await this.#commit('range')
    if (this.#ended && (batch.length > 0 || rejected.length > 0)) {
      throw new TicketsError(
        'SOURCE_COMPLETE',
        `${this.#partition} was declared complete, its windows are closed, and now it has more rows: start over with a new log, or declare it complete only when it is`,
      )
    }
    // A watermark that is told and moves holds nothing back either.
    if (batch.length > 0 || rejected.length > 0 || watermark > this.#clock.watermark) {
      this.#idle = false
      this.#status.lastRow = this.#runtime.clock.now()
    }
    if (rejected.length > 0) this.#reject(chunk)
    if (batch.length > 0) this.#graph.push(this.#clock.stamp(batch, chunk.watermarks))
    this.#clock.advance(watermark)
    this.#reading.memory = chunk.memory
    this.#clock.warnOfJump(this.#partition, this.#runtime.logger)
    await raceRevoked(this.#partition, this.#abandon, this.#graph.settled())
    this.#range.to = position
    this.#range.rows += batch.length + rejected.length
    this.#rows += batch.length + rejected.length
    Object.assign(this.#status, { lag, idle: this.#idle, watermark: this.#clock.watermark })
    this.#status.rows += batch.length + rejected.length
    await raceRevoked(this.#partition, this.#abandon, this.#outputs.settled())
  }

  #reject({ rejected }: Chunk<T, Json>): void {
    const [first] = rejected
    if (!this.#runtime.deadLetters && first) throw rejectedError(this.#partition, this.#runtime.source.schema.name, first)
    this.#rejected += rejected.length
    this.#status.rejected += rejected.length
    const partition = this.#runtime.originOf(this.#partition)
    this.#outputs.write(DEAD_LETTERS, deadLetters(partition.replace(/-\d+$/, ''), partition, rejected))
  }

  /** The source's end: a complete one closes everything, at the end of a bounded run all is shown (protocol 4.5). */
  async #end(): Promise<'done' | 'stopped'> {
    this.#done = true
    await this.#commit('range')
    if (this.#runtime.source.until === 'complete') {
      if (!this.#ended) await this.#commit('end')
    } else if (!this.#idle) await this.#commit('idle')
    await raceRevoked(this.#partition, this.#abandon, this.#rest())
    Object.assign(this.#status, { lag: 0, idle: this.#idle, ended: this.#ended })
    return 'done'
  }

  /** Stops with a record that names no files, where the next program may lack a sink. */
  async #rest(): Promise<void> {
    await this.#committer.settled()
    if (this.#runtime.rests && this.#committer.namesFiles) await this.#commit('rest')
    await this.#committer.settled()
  }

  /** Records what was read with a reference time of now, and reads on by that (protocol 5.5). */
  async #renewReference(): Promise<void> {
    this.#reading.renew()
    await this.#commit('reference')
    await raceRevoked(this.#partition, this.#abandon, this.#committer.settled())
    await this.#reading.open(this.#range.from)
  }

  /** Cuts what is open and hands it to the committer; `range` cuts nothing when nothing was read. */
  async #commit(kind: CommitKind): Promise<void> {
    if (kind === 'range' && this.#range.isEmpty) return
    if (kind === 'idle' || kind === 'end') await this.#commit('range')
    await raceRevoked(this.#partition, this.#abandon, this.#committer.room())
    // An operator that is asynchronous for some batches only shows itself here, before the range that lacks them is cut (protocol 2.2c).
    await yieldToEventLoop()
    this.#graph.rangeEnd(kind === 'end' ? Number.POSITIVE_INFINITY : this.#clock.watermark)
    await raceRevoked(this.#partition, this.#abandon, this.#graph.settled())
    await raceRevoked(this.#partition, this.#abandon, this.#outputs.settled())
    // From here to `cut` nothing is awaited: writers, operators and position are cut at one moment.
    this.#idle = kind === 'idle' || (kind === 'rest' && this.#idle)
    this.#ended ||= kind === 'end'
    const { from, to } = this.#range
    const state = this.#ended ? 'ended' : !this.#idle ? 'running' : this.#done ? 'done' : 'idle'
    const standing = { watermark: this.#clock.watermark, state, tasks: knownTasks(this.#runtime) } as const
    const range = { from, to, empty: kind === 'first', standing }
    this.#committer.commit(range, this.#body(kind), () => this.#published(to))
    this.#range.next()
    Object.assign(this.#status, { idle: this.#idle, ended: this.#ended })
  }

  #body(kind: CommitKind): Omit<TaskRecord, 'state'> {
    const watermark = this.#clock.watermark
    const partials = byName<PartialAggregate[]>()
    for (const [name, aggregation] of this.#graph.aggregations) {
      const found = aggregation.partials(kind === 'end' ? Number.POSITIVE_INFINITY : watermark, kind === 'idle')
      if (found.length > 0) partials[name] = found
    }
    const written = addCounts(byName(this.#written), this.#outputs.written)
    return {
      from: this.#range.from,
      to: this.#range.to,
      watermark: Number.isFinite(watermark) ? watermark : null,
      idle: this.#idle,
      ended: this.#ended,
      ...this.#reading.noted,
      partials,
      schema: { name: this.#runtime.source.schema.name, version: this.#runtime.source.schema.version },
      counts: { rows: this.#rows, rejected: this.#rejected, refused: this.#outputs.refused, written, late: { ...this.#late } },
    }
  }

  /** After the files are visible: the group's offset, which is advisory, and the news for the merge. */
  async #published(to: Json): Promise<void> {
    this.#status.ranges++
    this.#runtime.committed(this.#partition)
    await this.#reading.commit(to)
  }

  async #close(): Promise<void> {
    const closed = (async () => {
      // A commit that is under way may still succeed, and then counts; it must not run beside the next assignment's.
      await this.#committer.settled().catch(() => {})
      await this.#outputs.close()
    })()
    await (this.#abandon.aborted ? closeRevoked(closed, this.#runtime.clock) : closed)
    await this.#reading.close()
  }
}
