import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import {
  flowOf,
  type OperatorSnapshots,
  type OperatorState,
  type OperatorStateRecord,
  type RollingRecord,
  readOperatorState,
} from '../records/operator-state-record.ts'
import { RollingRounds } from '../records/rolling-rounds.ts'

/** State that goes into a record; large snapshots as the bytes of a file. */
export interface StateSnapshot {
  readonly saved: OperatorStateRecord
  /** The state files of the record, which are not there yet. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** The names of the state files that are needed after this record. */
  readonly kept: readonly string[]
}

/** Above this many bytes a snapshot goes to a file beside the record. */
const INLINE = 256 * 1024
/** The same for rolling state, which is longer in a record than in a file. */
const INLINE_BYTES = 64 * 1024
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
  readonly #rounds = new RollingRounds()
  /** What records that are needed hold of rolling state, in bytes. */
  readonly #rolled = new Map<number, number>()
  /** Names of state files that records from the base on refer to, by record: of snapshots, and of rolling state. */
  readonly #files = new Map<number, string>()
  readonly #byteFiles = new Map<number, string>()

  constructor(log: CommitLog, task: string, attempt: string, operators: ReadonlyMap<string, OperatorState>, gone: ReadonlySet<string> = new Set()) {
    this.#gone = gone
    this.#log = log
    this.#task = task
    this.#attempt = attempt
    this.#operators = operators
  }

  /** The names of the state files that the last snapshot or restore needs. */
  get kept(): readonly string[] {
    return [...this.#files.values(), ...this.#byteFiles.values()]
  }

  /** Bytes that the log holds of it: the last whole snapshot, and the changes since. */
  get bytes(): number {
    return [...this.#rolled.values()].reduce((sum, size) => sum + size, this.#baseSize + this.#changed)
  }

  /** Whether no operator has a state that is written as a whole: each record is a base then. */
  get #isRolling(): boolean {
    return this.#operators.size > 0 && [...this.#operators.values()].every(({ rolling }) => rolling !== undefined)
  }

  /** Takes a snapshot of all operators, synchronously. It is whole if there is no base yet, or if the changes have outgrown it. */
  snapshot(n: number): StateSnapshot {
    const whole = this.#isRolling || this.#base < 0 || this.#changed > GROWTH * Math.max(this.#baseSize, 4096) || n - this.#base >= RECORDS
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
    const files: StateSnapshot['files'][number][] = []
    if (size > INLINE) files.push({ name: `${n}-${this.#attempt}.json`, bytes })
    for (const { name } of files) this.#files.set(n, name)
    const rolled = this.#roll(n)
    for (const { name } of rolled.files) this.#byteFiles.set(n, name)
    const base = Math.min(this.#base, this.#rounds.since)
    const saved: OperatorStateRecord = {
      base,
      cuts: files.length > 0 ? {} : snapshots,
      ...(files[0] ? { file: files[0].name } : {}),
      ...(base < this.#base ? { whole: this.#base } : {}),
      ...rolled.saved,
    }
    return { saved, files: [...files, ...rolled.files], kept: this.kept }
  }

  /** Takes what is next of rolling state, and forgets what is needed no more. */
  #roll(n: number): { readonly saved: Pick<OperatorStateRecord, 'rolling' | 'bytes'>; readonly files: StateSnapshot['files'] } {
    const taken = [...this.#operators].flatMap(([id, { rolling, version }]) => (rolling ? [{ id, version, ...rolling.snapshot() }] : []))
    if (taken.length === 0) return { saved: {}, files: [] }
    const size = taken.reduce((sum, { bytes }) => sum + bytes.length, 0)
    const isLarge = size > INLINE_BYTES
    let from = 0
    const rolling: Record<string, RollingRecord> = {}
    for (const { id, version, bytes, endsRound } of taken) {
      const place = isLarge ? { at: [from, from + bytes.length] as const } : { bytes: toBase64(bytes) }
      rolling[id] = { version, ...this.#rounds.next(id, n, endsRound), ...place }
      from += bytes.length
    }
    this.#rolled.set(n, size)
    for (const held of [this.#rolled, this.#byteFiles]) for (const record of held.keys()) if (record < this.#rounds.since) held.delete(record)
    if (!isLarge) return { saved: { rolling }, files: [] }
    const name = `${n}-${this.#attempt}.bin`
    return { saved: { rolling, bytes: name }, files: [{ name, bytes: joined(taken.map(({ bytes }) => bytes)) }] }
  }

  /** Writes large snapshots to stable storage. */
  async save({ files }: Pick<StateSnapshot, 'files'>): Promise<void> {
    for (const { name, bytes } of files) await this.#log.putState(this.#task, name, bytes)
  }

  /** Restores the operators' state of record `head`: the base, then each change, in order. */
  async restore(head: number, { base, whole = base, rolling = {} }: OperatorStateRecord): Promise<void> {
    this.#base = whole
    for (const [id, at] of Object.entries(rolling)) if (this.#operatorOf(id, at.version)) this.#rounds.restore(id, at)
    for await (const record of this.#log.read(this.#task, base - 1)) {
      if (record.n > head) break
      const state = readOperatorState(record)
      if (record.n >= whole) await this.#restoreSnapshots(record.n, state)
      await this.#restoreRolling(record.n, state)
    }
  }

  async #restoreSnapshots(n: number, { file, cuts }: OperatorStateRecord): Promise<void> {
    const snapshots = file ? await this.#load(file) : cuts
    if (file) this.#files.set(n, file)
    const size = encode(snapshots).length
    if (n === this.#base) this.#baseSize = size
    else this.#changed += size
    for (const [id, { version, cut }] of Object.entries(snapshots)) this.#operatorOf(id, version)?.restore(cut, version)
  }

  async #restoreRolling(n: number, { rolling = {}, bytes: file }: OperatorStateRecord): Promise<void> {
    const needed = Object.entries(rolling).filter(([id]) => this.#rounds.needs(id, n))
    if (needed.length === 0) return
    const all = file ? await this.#log.getState(this.#task, file) : new Uint8Array()
    if (file) this.#byteFiles.set(n, file)
    for (const [id, { version, bytes, at }] of needed) {
      const part = at ? all.subarray(...at) : bytes === undefined ? null : fromBase64(bytes)
      if (!part) continue
      this.#rolled.set(n, (this.#rolled.get(n) ?? 0) + part.length)
      this.#operatorOf(id, version)?.rolling?.restore(part, version)
    }
  }

  async #load(name: string): Promise<OperatorSnapshots> {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await this.#log.getState(this.#task, name))) as OperatorSnapshots
  }

  /** Returns the operator that a record holds state of; undefined for one of a flow that is gone. Throws where there is none, or an older version of it. */
  #operatorOf(id: string, version: number): OperatorState | undefined {
    const operator = this.#operators.get(id)
    if (!operator && this.#gone.has(flowOf(id))) return undefined
    if (!operator)
      throw new TicketsError(
        'PIPELINE_CHANGED',
        `the log has state of the operator "${id}", which this pipeline has not: add it again, or start over with a new log`,
      )
    if (version > operator.version)
      throw new TicketsError(
        'OPERATOR_STATE',
        `the state of "${id}" was written by version ${version} of it, this is version ${operator.version}: run the newer release, or start over with a new log`,
      )
    return operator
  }
}

const encode = (snapshots: OperatorSnapshots): Uint8Array => new TextEncoder().encode(JSON.stringify(snapshots))

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only, ...others] = parts
  if (only && others.length === 0) return only
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Bytes that are made a text at once: more of them are too many arguments of a call. */
const SOME = 8192

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += SOME) text += String.fromCharCode(...bytes.subarray(from, from + SOME))
  return btoa(text)
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
