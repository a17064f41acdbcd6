import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import { flowOf, type OperatorSnapshots, type OperatorState, type OperatorStateRecord, readOperatorState } from '../records/operator-state-record.ts'

/** State that goes into a record; large snapshots as the bytes of a file. */
export interface StateSnapshot {
  readonly saved: OperatorStateRecord
  /** The bytes of the state file; null where the record holds the snapshots. */
  readonly bytes: Uint8Array | null
  /** The names of the state files that are needed after this record. */
  readonly kept: readonly string[]
}

/** Above this many bytes a snapshot goes to a file beside the record. */
const INLINE = 256 * 1024
/** How many times the size of the base the changes may reach before a new base is written. */
const GROWTH = 2
/** Records after which a new base is written in any case. */
const RECORDS = 256

/** Keeps the state of a task's operators in its records, so that a commit costs what changed, not what is held. */
export class TaskState {
  readonly #log: CommitLog
  readonly #task: string
  readonly #attempt: string
  readonly #operators: ReadonlyMap<string, OperatorState>
  readonly #gone: ReadonlySet<string>
  #base = -1
  #baseSize = 0
  #changed = 0
  /** Names of state files that records from the base on refer to, by record. */
  #files = new Map<number, string>()

  constructor(log: CommitLog, task: string, attempt: string, operators: ReadonlyMap<string, OperatorState>, gone: ReadonlySet<string> = new Set()) {
    this.#gone = gone
    this.#log = log
    this.#task = task
    this.#attempt = attempt
    this.#operators = operators
  }

  /** The names of the state files that the last snapshot or restore needs. */
  get kept(): readonly string[] {
    return [...this.#files.values()]
  }

  /** Bytes that the log holds of it: the last whole snapshot, and the changes since. */
  get bytes(): number {
    return this.#baseSize + this.#changed
  }

  /** Takes a snapshot of all operators, synchronously. It is whole if there is no base yet, or if the changes have outgrown it. */
  snapshot(n: number): StateSnapshot {
    const whole = this.#base < 0 || this.#changed > GROWTH * Math.max(this.#baseSize, 4096) || n - this.#base >= RECORDS
    const snapshots: Record<string, { version: number; cut: Json }> = {}
    for (const [id, operator] of this.#operators) {
      const snapshot = operator.snapshot(whole)
      if (snapshot !== null) snapshots[id] = { version: operator.version, cut: snapshot }
    }
    const bytes = encode(snapshots)
    const size = bytes.length
    if (whole) {
      this.#base = n
      this.#baseSize = size
      this.#changed = 0
      this.#files.clear()
    } else this.#changed += size
    if (size <= INLINE) return { saved: { base: this.#base, cuts: snapshots }, bytes: null, kept: this.kept }
    const file = `${n}-${this.#attempt}.json`
    this.#files.set(n, file)
    return { saved: { base: this.#base, cuts: {}, file }, bytes, kept: this.kept }
  }

  /** Writes a large snapshot to stable storage. */
  async save({ saved, bytes }: StateSnapshot): Promise<void> {
    if (saved.file && bytes !== null) await this.#log.putState(this.#task, saved.file, bytes)
  }

  /** Restores the operators' state of record `head`: the base, then each change, in order. */
  async restore(head: number, { base }: OperatorStateRecord): Promise<void> {
    this.#base = base
    for await (const record of this.#log.read(this.#task, base - 1)) {
      if (record.n > head) break
      const state = readOperatorState(record)
      const snapshots = state.file ? await this.#load(state.file) : state.cuts
      if (state.file) this.#files.set(record.n, state.file)
      const size = encode(snapshots).length
      if (record.n === base) this.#baseSize = size
      else this.#changed += size
      this.#restore(snapshots)
    }
  }

  async #load(name: string): Promise<OperatorSnapshots> {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await this.#log.getState(this.#task, name))) as OperatorSnapshots
  }

  #restore(snapshots: OperatorSnapshots): void {
    for (const [id, { version, cut: snapshot }] of Object.entries(snapshots)) {
      const operator = this.#operators.get(id)
      if (!operator && this.#gone.has(flowOf(id))) continue
      if (!operator)
        throw new TicketsError(
          'PIPELINE_CHANGED',
          `the log has state of the operator "${id}", which this pipeline has not: add it again, or start over with a new log`,
        )
      if (version > operator.version) {
        throw new TicketsError(
          'OPERATOR_STATE',
          `the state of "${id}" was written by version ${version} of it, this is version ${operator.version}: run the newer release, or start over with a new log`,
        )
      }
      operator.restore(snapshot, version)
    }
  }
}

const encode = (snapshots: OperatorSnapshots): Uint8Array => new TextEncoder().encode(JSON.stringify(snapshots))
