import type { Json } from '../../base/json.ts'
import { Batch, internals, type Schema } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Flows } from '../../dataflow/graph.ts'
import { Graph } from '../../dataflow/graph.ts'
import type { Requirements } from '../../dataflow/scope.ts'
import type { OperatorState } from '../../records/operator-state-record.ts'
import { RollingRounds } from '../../records/rolling-rounds.ts'
import { type TaskRecord, writePartials } from '../../records/task-record.ts'
import { PartitionClock } from '../../time/watermark.ts'

/** What a source gives a task: rows, or word that no earlier ones will come. */
export type Input = { readonly rows: readonly unknown[]; readonly offset: number } | { readonly watermark: number }

/** What one record holds of an operator: its cut, or the bytes of rolling state. */
type Held = { readonly version: number; readonly cut: Json } | { readonly version: number; readonly bytes: readonly number[] }
type Cuts = Readonly<Record<string, Held>>

/** Every so many records one holds the whole state, the others what changed: both ways back are taken. */
const WHOLE_EVERY = 3

/** The cuts of operators, as records hold them: written as text, so that nothing is shared with what continues. */
export class CutLog {
  readonly #records: { readonly whole: boolean; readonly text: string }[] = []
  readonly #rounds = new RollingRounds()

  put(operators: ReadonlyMap<string, OperatorState>): void {
    const n = this.#records.length
    const whole = n % WHOLE_EVERY === 0
    const cuts: Record<string, Held> = {}
    for (const [id, operator] of operators) {
      const { version } = operator
      const cut = operator.snapshot(whole)
      if (cut !== null) cuts[id] = { version, cut }
      if (!operator.rolling) continue
      const { bytes, endsRound } = operator.rolling.snapshot()
      cuts[id] = { version, bytes: [...bytes] }
      this.#rounds.next(id, n, endsRound)
    }
    this.#records.push({ whole, text: JSON.stringify(cuts) })
  }

  restore(operators: ReadonlyMap<string, OperatorState>): void {
    const base = this.#records.findLastIndex(({ whole }) => whole)
    for (const [n, { text }] of this.#records.entries()) {
      for (const [id, held] of Object.entries(JSON.parse(text) as Cuts)) {
        const operator = operators.get(id)
        if ('cut' in held && n >= base) operator?.restore(held.cut, held.version)
        if ('bytes' in held && this.#rounds.needs(id, n)) operator?.rolling?.restore(Uint8Array.from(held.bytes), held.version)
      }
    }
  }
}

/** A partition's task, as the pipeline runs it, with its source and its log in memory and every step synchronous. */
export class ScenarioTask<A, B> {
  readonly name: string
  idle = false
  ended = false
  /** Processing time of its last row. */
  lastRow = 0
  readonly #schema: Schema<A>
  readonly #flows: Flows<A>
  readonly #maxOutOfOrderness: number
  readonly #log = new CutLog()
  #graph: Graph<A>
  #clock: PartitionClock
  #committed = Number.NEGATIVE_INFINITY
  #records = 0
  #offset = 0
  /** Read since the last record: read again after a crash. */
  #open: Input[] = []
  #rows: B[] = []
  #late: LateRow[] = []

  constructor(name: string, schema: Schema<A>, flows: Flows<A>, maxOutOfOrderness: number) {
    this.name = name
    this.#schema = schema
    this.#flows = flows
    this.#maxOutOfOrderness = maxOutOfOrderness
    this.#clock = new PartitionClock(maxOutOfOrderness)
    this.#graph = this.#build()
  }

  get watermark(): number {
    return this.#clock.watermark
  }

  /** What its operators need of the source. */
  get requirements(): Map<string, Requirements> {
    return this.#graph.requirements
  }

  get hasOpen(): boolean {
    return this.#open.length > 0
  }

  push(rows: readonly A[], now: number): void {
    this.idle = false
    this.lastRow = now
    this.#take({ rows, offset: this.#offset })
    this.#offset += rows.length
  }

  advance(watermark: number, now: number): void {
    // A watermark that moves holds nothing back, as rows do not.
    if (watermark > this.#clock.watermark) {
      this.idle = false
      this.lastRow = now
    }
    this.#take({ watermark })
  }

  /** Ends the range: what it gives counts from now on. */
  commit(kind: 'range' | 'idle' | 'end'): { body: TaskRecord; n: number; rows: B[]; late: LateRow[] } {
    this.#graph.rangeEnd(kind === 'end' ? Number.POSITIVE_INFINITY : this.#clock.watermark)
    this.idle = kind === 'idle'
    this.ended ||= kind === 'end'
    const { watermark } = this.#clock
    if (watermark < this.#committed) throw new Error(`the watermark of ${this.name} went back from ${this.#committed} to ${watermark}`)
    const written = writePartials(this.#graph.partials(kind === 'end' ? Number.POSITIVE_INFINITY : watermark, kind === 'idle'))
    const body = { ...written, watermark: Number.isFinite(watermark) ? watermark : null, idle: this.idle, ended: this.ended, to: this.#offset }
    this.#log.put(this.#graph.stateful)
    const record = { body: JSON.parse(JSON.stringify(body)) as TaskRecord, n: this.#records++, rows: this.#rows, late: this.#late }
    this.#committed = watermark
    this.#open = []
    this.#rows = []
    this.#late = []
    return record
  }

  /** Dies, and comes back where its log stands; what was read since is read again. Its idle timeout begins anew. */
  restart(now: number): void {
    this.close()
    this.lastRow = now
    this.#graph = this.#build()
    this.#log.restore(this.#graph.stateful)
    this.#clock = new PartitionClock(this.#maxOutOfOrderness, this.#committed)
    this.#rows = []
    this.#late = []
    const again = this.#open
    this.#open = []
    for (const input of again) this.#take(input)
  }

  close(): void {
    this.#graph.close()
  }

  #take(input: Input): void {
    this.#open.push(input)
    if ('watermark' in input) {
      this.#clock.advance(input.watermark)
      return
    }
    const batch = Batch.of(this.#schema, input.rows as A[])
    const offsets = Float64Array.from({ length: batch.length }, (_, i) => input.offset + i)
    const metadata = { watermarks: new Float64Array(batch.length), offsets }
    this.#graph.push(this.#clock.stamp(internals.make(this.#schema, internals.columns(batch), batch.length, metadata)))
  }

  #build(): Graph<A> {
    return new Graph(
      'task',
      this.#schema,
      this.#flows,
      {
        onOutput: (_flow, batch) => void this.#rows.push(...(batch.toArray() as B[])),
        onLate: (_operator, rows) => void this.#late.push(...rows.toArray()),
      },
      this.name,
    )
  }
}
