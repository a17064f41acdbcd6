import { yieldToEventLoop } from '../base/async.ts'
import { randomId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import type { Batch } from '../batch/batch.ts'
import { type Committed, Committer } from '../commit/committer.ts'
import { Writers } from '../commit/writers.ts'
import { DEAD_LETTERS, deadLetters, rejectedError } from '../connectors/dead-letter.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { TaskStatus } from '../connectors/progress.ts'
import type { Chunk } from '../connectors/source.ts'
import { Graph } from '../dataflow/graph.ts'
import type { GraphHandlers } from '../dataflow/graph-handlers.ts'
import { checkRequirements } from '../dataflow/requirements.ts'
import { readTaskRecord, type TaskRecord, writePartials } from '../records/task-record.ts'
import { countsOfTask } from '../records/totals.ts'
import { WatermarkAlignment } from './alignment.ts'
import { freshStatus, knownTasks, type TaskContext } from './context.ts'
import { Intake } from './intake/intake.ts'
import { type CommitKind, CurrentRange } from './range.ts'
import { type CutRange, RangeReport } from './range-report.ts'
import { Reading, rowsAfterEnd } from './reading.ts'
import { closeRevoked, raceRevoked, taskLost } from './revocation.ts'
import { TaskCounts } from './task-counts.ts'
import { LATE, lateOutput } from './writer-specs.ts'

/** How a task ended: its part of the run is done, or it was asked to stop. */
export type TaskResult = 'done' | 'stopped'

/**
 * Runs one partition: reads, pushes, cuts and commits ranges (docs/internals/protocol.md#a-range-inside-a-task). Each assignment opens a new one, which
 * keeps nothing of an earlier one in memory (docs/internals/protocol.md#3.12).
 */
export class Task<T> {
  readonly #context: TaskContext<T>
  readonly #partition: string
  readonly #graph: Graph<T>
  readonly #writers: Writers
  readonly #committer: Committer
  readonly #report: RangeReport
  readonly #stop: AbortSignal
  readonly #revoked: AbortSignal
  readonly #status: TaskStatus
  readonly #alignment: WatermarkAlignment
  #paused = false
  readonly #intake: Intake<T>
  readonly #reading: Reading<T>
  #range: CurrentRange
  readonly #counts: TaskCounts
  #idle = false
  #ended = false
  /** The partition was read as far as this run goes. */
  #done = false
  /** A failure of an operator outside a push. */
  #failure: { readonly error: unknown } | null = null

  private constructor(context: TaskContext<T>, partition: string, writers: Writers, stop: AbortSignal, revoked: AbortSignal) {
    this.#context = context
    this.#partition = partition
    this.#writers = writers
    this.#stop = AbortSignal.any([stop, revoked])
    this.#revoked = revoked
    const handlers: GraphHandlers = {
      onOutput: (flow, batch) => writers.write(flow, batch),
      onLate: (operator, rows) => this.#takeLate(operator, rows),
      onRefused: writers.refuse,
      onFailure: (error) => {
        this.#failure = { error }
      },
    }
    this.#graph = new Graph('task', context.source.schema, context.flows, handlers, context.originOf(partition))
    if (revoked.aborted) this.#graph.close()
    else revoked.addEventListener('abort', () => this.#graph.close(), { once: true })
    this.#intake = new Intake(context, partition, this.#graph, writers)
    this.#reading = new Reading(context, partition)
    this.#alignment = new WatermarkAlignment(context, partition)
    this.#range = new CurrentRange(context, null)
    const id = { task: partition, attempt: randomId() }
    this.#report = new RangeReport(context, { ...id, partition: context.originOf(partition), counted: countsOfTask })
    const { log, clock, gone, changes } = context
    this.#committer = new Committer({
      ...{ ...id, log, clock, gone, changes, writers },
      operators: this.#graph.stateful,
      neededFrom: () => context.neededFrom(partition),
      freed: () => context.budget.wake(),
    })
    this.#status = freshStatus(context.clock.now())
    context.statuses.set(partition, this.#status)
    this.#counts = new TaskCounts(this.#status)
  }

  /** Runs a partition until its end, or until `stop` aborts; then what was read is committed. Throws what stops it, with nothing half-done. */
  static async run<T>(context: TaskContext<T>, partition: string, stop: AbortSignal, revoked: AbortSignal): Promise<TaskResult> {
    checkRequirements(context, context.source, new Set([...context.partitions, partition]).size)
    const writers = await Writers.open(context.writers.task, { logId: context.logId, task: partition }, context.budget, context.logger)
    let task: Task<T> | undefined
    try {
      task = new Task(context, partition, writers, stop, revoked)
      await task.#recover()
      return await task.#loop()
    } finally {
      await (task ? task.#close() : writers.close())
    }
  }

  #takeLate(operator: string, rows: Batch<LateRow>): void {
    this.#counts.addLate(operator, rows.length)
    const own = lateOutput(operator)
    this.#writers.write(this.#writers.has(own) ? own : LATE, rows)
  }

  async #recover(): Promise<void> {
    const head = await this.#committer.recover()
    const body = head && readTaskRecord(head)
    this.#report.recovered(head, this.#committer.stateBytes)
    if (body) {
      this.#intake.restore(body)
      this.#idle = body.idle
      this.#ended = body.ended
      this.#counts.restore(body.counts)
      this.#writers.refused = body.counts.refused ?? 0
      this.#reading.memory = body.memory
      this.#reading.reference = body.reference ?? this.#reading.reference
      this.#context.news.announce()
    }
    const from = body ? body.to : await this.#context.startOf(this.#partition)
    this.#range = new CurrentRange(this.#context, from)
    Object.assign(this.#status, { watermark: this.#intake.watermark, idle: this.#idle, ended: this.#ended })
    // Record 0 of the first task publishes each dataset without rows, so that it has its columns (docs/internals/protocol.md#7.3).
    if ((!body || body.isEmpty) && (this.#context.begun[0] ?? this.#context.partitions[0]) === this.#partition) await this.#commit('first')
    if (this.#reading.needsReference && !this.#ended) await this.#renewReference()
    else await this.#reading.open(from)
  }

  async #loop(): Promise<TaskResult> {
    const { clock } = this.#context
    this.#status.lastRow = clock.now()
    for (;;) {
      if (this.#failure) throw this.#failure.error
      this.#committer.check()
      if (this.#revoked.aborted) throw taskLost(this.#partition)
      if (this.#stop.aborted) {
        await this.#commit('range')
        await this.#rest()
        return 'stopped'
      }
      if (this.#isDue) await this.#commit('range')
      if (!this.#paused && this.#range.isIdle(this.#status)) await this.#commit('idle')
      this.#paused = await this.#alignment.hold(this.#intake.watermark, this.#stop)
      this.#status.heldBack = this.#paused
      if (this.#paused) continue
      const chunk = await this.#read()
      if (chunk === 'end') return this.#end()
      if (chunk) await this.#take(chunk)
      await yieldToEventLoop()
    }
  }

  get #isDue(): boolean {
    return this.#range.isDue(this.#writers.held, this.#committer.isBusy)
  }

  /** Reads one chunk, within the memory limit. Returns null if the range has to end first, or the task stops. */
  async #read(): Promise<Chunk<T, Json> | 'end' | null> {
    const flows = Math.max(1, this.#graph.ends.filter((end) => !end.inMergeStage).length)
    const bytes = this.#reading.chunkBytes(flows)
    // A commit that ended since the last check may have made this range due. It would not wake a task that starts to wait only now.
    if (this.#isDue) return null
    const release = await this.#context.budget.reserve(bytes * flows, this.#stop)
    if (!release) return null
    try {
      if (this.#stop.aborted) return null
      return await this.#reading.read({ rows: this.#range.room, bytes, ms: this.#range.patience(this.#status), signal: this.#stop })
    } finally {
      release()
    }
  }

  async #take(chunk: Chunk<T, Json>): Promise<void> {
    if (this.#reading.isAheadOfReference(chunk)) return this.#renewReference()
    const { rejected, unmapped = 0, position, lag, part, watermark = Number.NEGATIVE_INFINITY } = chunk
    const { length } = part?.rows ?? chunk.batch
    const read = length + rejected.length + unmapped
    if (this.#range.isTooSmallFor(read)) await this.#commit('range')
    if (this.#ended && read > 0) throw rowsAfterEnd(this.#partition)
    // A source whose watermark advances is not idle either. One whose messages are all unmapped is: they say nothing of event time.
    if (length > 0 || rejected.length > 0 || watermark > this.#intake.own) {
      this.#idle = false
      this.#status.lastRow = this.#context.clock.now()
    }
    if (rejected.length > 0) this.#reject(chunk)
    this.#intake.push(chunk, this.#context.logger)
    this.#reading.memory = chunk.memory
    await raceRevoked(this.#partition, this.#revoked, this.#graph.settled())
    this.#intake.advance()
    this.#range.to = position
    this.#range.rows += read
    this.#range.brokerTime = chunk.brokerTime ?? this.#range.brokerTime
    this.#counts.addRead(read, unmapped, part?.input)
    Object.assign(this.#status, { lag, idle: this.#idle, watermark: this.#intake.watermark })
    await raceRevoked(this.#partition, this.#revoked, this.#writers.settled())
  }

  #reject({ rejected, part }: Chunk<T, Json>): void {
    const told = rejected.filter(({ offset }) => this.#context.tells(this.#partition, offset))
    const [first] = told
    if (!this.#writers.has(DEAD_LETTERS) && first)
      throw rejectedError(part?.partition ?? this.#partition, (part?.rows.schema ?? this.#context.source.schema).name, first)
    this.#counts.addRejected(rejected.length)
    const partition = part?.partition ?? this.#context.originOf(this.#partition)
    this.#writers.write(DEAD_LETTERS, deadLetters(partition.replace(/-\d+$/, ''), partition, told))
  }

  /** Ends the task. The end of a complete source closes all windows; the end of a bounded run only emits them (docs/internals/protocol.md#4.5). */
  async #end(): Promise<TaskResult> {
    this.#done = true
    await this.#commit('range')
    if (this.#context.source.until === 'complete') {
      if (!this.#ended) await this.#commit('end')
    } else if (!this.#idle) await this.#commit('idle')
    await raceRevoked(this.#partition, this.#revoked, this.#rest())
    Object.assign(this.#status, { lag: 0, idle: this.#idle, ended: this.#ended })
    return 'done'
  }

  /** Commits a last record that names no files if the next program may lack a sink. */
  async #rest(): Promise<void> {
    await this.#committer.settled()
    if (this.#context.rests && this.#committer.namesFiles) await this.#commit('rest')
    await this.#committer.settled()
  }

  /** Commits what was read with the current time as reference time, and continues with it (docs/internals/protocol.md#5.5). */
  async #renewReference(): Promise<void> {
    this.#reading.renew()
    await this.#commit('reference')
    await raceRevoked(this.#partition, this.#revoked, this.#committer.settled())
    await this.#reading.open(this.#range.from)
  }

  /** Cuts the current range and hands it to the committer. With `range`, does nothing if the range is empty. */
  async #commit(kind: CommitKind): Promise<void> {
    if (kind === 'range' && this.#range.isEmpty) return
    if (kind === 'idle' || kind === 'end') await this.#commit('range')
    await raceRevoked(this.#partition, this.#revoked, this.#committer.room())
    // An operator that is asynchronous for some batches is detected here, before a range is cut without them (docs/internals/protocol.md#2.2 (c)).
    await yieldToEventLoop()
    if (kind === 'idle') this.#intake.rest()
    if (kind === 'end') this.#intake.end()
    const watermark = kind === 'end' ? Number.POSITIVE_INFINITY : this.#intake.watermark
    await raceRevoked(this.#partition, this.#revoked, this.#graph.endRange(watermark))
    await raceRevoked(this.#partition, this.#revoked, this.#writers.settled())
    // Nothing is awaited from here to the commit: writers, operators and position are cut at one moment.
    this.#idle = kind === 'idle' || (kind === 'rest' && this.#idle)
    this.#ended ||= kind === 'end'
    const { from, to, rows } = this.#range
    const cut = this.#report.cut(this.#range, this.#intake.newest)
    const state = this.#ended ? 'ended' : !this.#idle ? 'running' : this.#done ? 'done' : 'idle'
    const standing = { watermark: this.#intake.watermark, state, tasks: knownTasks(this.#context) } as const
    this.#committer.commit({ from, to, empty: kind === 'first', standing }, this.#body(kind), (committed) =>
      this.#published(to, rows, committed, cut),
    )
    this.#range.next()
    Object.assign(this.#status, { idle: this.#idle, ended: this.#ended })
  }

  #body(kind: CommitKind): Omit<TaskRecord, 'state'> {
    const { watermark } = this.#intake
    return {
      from: this.#range.from,
      to: this.#range.to,
      ...this.#intake.noted,
      idle: this.#idle,
      ended: this.#ended,
      ...this.#reading.noted,
      ...writePartials(this.#graph.partials(kind === 'end' ? Number.POSITIVE_INFINITY : watermark, kind === 'idle')),
      schema: { name: this.#context.source.schema.name, version: this.#context.source.schema.version },
      counts: this.#counts.snapshot(this.#writers),
    }
  }

  /** Reports a range whose files are visible, announces it to the merge, and commits the group's offset, which is advisory. */
  async #published(to: Json, rows: number, committed: Committed, cut: CutRange): Promise<void> {
    this.#counts.addRange(rows)
    this.#report.committed(committed, cut, this.#committer.stateBytes)
    this.#context.news.announce()
    await this.#reading.commit(to)
  }

  async #close(): Promise<void> {
    this.#graph.close()
    const closed = (async () => {
      // An unfinished commit may still succeed, and then counts. It must not run at the same time as the next assignment's.
      await this.#committer.settled().catch(() => {})
      await this.#writers.close()
    })()
    await (this.#revoked.aborted ? closeRevoked(closed, this.#context.clock) : closed)
    await this.#reading.close()
  }
}
