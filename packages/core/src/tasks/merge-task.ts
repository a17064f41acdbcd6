import { randomId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import { byName } from '../base/own-names.ts'
import { Committer } from '../commit/committer.ts'
import { Writers } from '../commit/writers.ts'
import { Graph } from '../dataflow/graph.ts'
import { MergeState } from '../merge/fold.ts'
import { MERGE, readMergeRecord } from '../records/merge-record.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import { readProgress } from '../records/task-record.ts'
import { countsOfMerge } from '../records/totals.ts'
import type { TaskContext } from './context.ts'
import { RangeReport } from './range-report.ts'
import { lateOutput } from './writer-specs.ts'

/** Records of one task that are folded before the next task has its turn. */
const ROUND = 32
/** Results that are turned into rows at a time: a window can have a million keys. */
const SLICE = 16_384
/** What the merge reports of a range beside its record: it reads no partition. */
const NO_READING = { eventTime: null, brokerTime: null }
/** Records after which the merge commits even without results, so that tasks can prune. */
const QUIET = 64

/**
 * Puts windows together from the records of all tasks, emits what the minimum of their watermarks closes, and runs what flows do after
 * `windowed` (docs/internals/protocol.md#the-merge). Its commits are made like a task's, so two merges at once are harmless.
 */
export class Merge<T> {
  readonly #context: TaskContext<T>
  readonly #graph: Graph<T>
  readonly #writers: Writers
  readonly #state: MergeState
  readonly #committer: Committer
  readonly #report: RangeReport
  readonly #emitted = byName<number>()
  readonly #late = byName<number>()
  #joined: string[] = []
  #folded = 0
  #from: Record<string, number> = {}

  private constructor(context: TaskContext<T>, writers: Writers) {
    this.#context = context
    this.#writers = writers
    this.#graph = new Graph(
      'merge',
      context.source.schema,
      context.flows,
      {
        onOutput: (flow, batch) => {
          this.#emitted[flow] = (this.#emitted[flow] ?? 0) + batch.length
          writers.write(flow, batch)
        },
        onLate: (operator, rows) => {
          this.#late[operator] = (this.#late[operator] ?? 0) + rows.length
          writers.write(lateOutput(operator), rows)
        },
        onRefused: writers.refuse,
      },
      MERGE,
    )
    this.#state = new MergeState(context.begun, context.time.keepFor, this.#graph.aggregations, !context.source.fixed, context.fills)
    const id = { task: MERGE, attempt: randomId() }
    this.#report = new RangeReport(context, { ...id, partition: null, counted: countsOfMerge })
    this.#committer = new Committer({
      ...id,
      log: context.log,
      clock: context.clock,
      writers,
      operators: new Map<string, OperatorState>([[this.#state.id, this.#state], ...this.#graph.mergeStage]),
      neededFrom: async () => Number.POSITIVE_INFINITY,
      gone: context.gone,
      changes: context.changes,
    })
  }

  /** Opens the merge and restores its last record. */
  static async open<T>(context: TaskContext<T>): Promise<Merge<T>> {
    const writers = await Writers.open(context.writers.merge, { logId: context.logId, task: MERGE }, context.budget, context.logger)
    let merge: Merge<T> | undefined
    try {
      merge = new Merge(context, writers)
      await merge.#recover()
      return merge
    } catch (error) {
      if (merge) merge.#graph.close()
      await writers.close()
      throw error
    }
  }

  /** The state: what was folded, and which windows wait. */
  get state(): MergeState {
    return this.#state
  }

  /** Results emitted since this assignment began, by flow. */
  get emitted(): Readonly<Record<string, number>> {
    return this.#emitted
  }

  /** Folds all new records and commits the results. `last`: commits the position even without results. */
  async step(last = false): Promise<void> {
    for (let more = true; more; ) {
      more = false
      for (const task of this.#state.tasks) more = (await this.#foldRound(task)) || more
      await this.#emit()
    }
    if (last && (this.#folded > 0 || (this.#context.rests && this.#committer.namesFiles))) await this.#commit(false)
    // The last records may have given results, whose record names files.
    if (last && this.#context.rests && this.#committer.namesFiles) await this.#commit(false)
    if (last) await this.#committer.settled()
  }

  /** Takes in partitions that the pipeline record does not name, or the tasks of a backfill (`areBackfills`); their join is a record. */
  async join(partitions: readonly string[], areBackfills = false): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#state.tasks.includes(partition))
    if (fresh.length === 0) return
    this.#state.join(fresh, areBackfills)
    if (!areBackfills) this.#joined.push(...fresh)
    await this.#commit(false)
  }

  async close(): Promise<void> {
    this.#graph.close()
    await this.#committer.settled().catch(() => {})
    await this.#writers.close()
  }

  async #recover(): Promise<void> {
    const head = await this.#committer.recover()
    this.#report.recovered(head, this.#committer.stateBytes)
    if (head) {
      const body = readMergeRecord(head)
      this.#writers.refused = body.refused ?? 0
      this.#joined = [...body.joined]
      Object.assign(this.#emitted, body.shown)
      Object.assign(this.#late, body.late)
      this.#from = { ...body.position }
    }
    // A log that had no use for a merge for a while has pruned what lies between.
    for (const [task, view] of Object.entries(this.#context.mergeFrom ?? {})) if (this.#state.position(task) < view.n) this.#state.begin(task, view)
    if (!head || readMergeRecord(head).isEmpty) await this.#commit(true)
  }

  async #foldRound(task: string): Promise<boolean> {
    let folded = 0
    for await (const record of this.#context.log.read(task, this.#state.position(task))) {
      this.#state.fold(task, record.n, readProgress(record))
      this.#folded++
      if (++folded === ROUND) return true
    }
    return false
  }

  async #emit(): Promise<void> {
    let isShown = false
    this.#graph.emit(() => {
      for (const [name, results] of this.#state.emissions(SLICE)) {
        isShown = true
        this.#graph.aggregations.get(name)?.emit(results)
      }
    })
    await this.#graph.advance(this.#state.emittedTo)
    await this.#writers.settled()
    if (isShown || this.#folded >= QUIET) await this.#commit(false)
  }

  async #commit(first: boolean): Promise<void> {
    await this.#committer.settled()
    const position = Object.fromEntries(this.#state.tasks.map((task) => [task, this.#state.position(task)]))
    const range = { from: this.#from as Json, to: position as Json, empty: first }
    const body = {
      position,
      joined: [...this.#joined],
      shown: { ...this.#emitted },
      expired: this.#state.expired,
      refused: this.#writers.refused,
      late: { ...this.#late },
    }
    this.#committer.commit(range, body, async (committed) => this.#report.committed(committed, NO_READING, this.#committer.stateBytes))
    this.#from = position
    this.#folded = 0
    await this.#committer.settled()
  }
}
