import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { harmlessLogger } from '../../base/log/harmless.ts'
import { Batch, internals, type Schema } from '../../batch/batch.ts'
import type { Input } from '../../connectors/joined/input.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Chunk } from '../../connectors/source.ts'
import type { Flows } from '../../dataflow/graph.ts'
import { Graph } from '../../dataflow/graph.ts'
import type { Requirements } from '../../dataflow/scope.ts'
import type { OperatorState } from '../../records/operator-state-record.ts'
import { RollingRounds } from '../../records/rolling-rounds.ts'
import { type TaskRecord, writePartials } from '../../records/task-record.ts'
import { Intake } from '../../tasks/intake/intake.ts'

/** A partition of another source that the task reads. */
export interface InputPlace {
  readonly input: string
  readonly partition: number
}

/** What a source gives a task: rows, word that no earlier ones will come, or that none will. */
export type Given = { readonly of?: InputPlace } & (
  | { readonly rows: readonly unknown[]; readonly offset: number }
  | { readonly watermark: number }
  | { readonly ended: true }
)

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
  readonly #inputs: Readonly<Record<string, number>>
  #graph: Graph<A>
  #intake: Intake<A>
  /** Other sources that have ended: they say so again after a crash. */
  readonly #endedInputs = new Map<string, InputPlace>()
  #committed = Number.NEGATIVE_INFINITY
  /** What the last record says of the watermarks. */
  #clocks: Pick<TaskRecord, 'watermark' | 'clocks'> | null = null
  #records = 0
  #offset = 0
  /** Read since the last record: read again after a crash. */
  #open: Given[] = []
  #rows: B[] = []
  #late: LateRow[] = []

  /** @param inputs how many partitions of another source a task reads that reads all of it; 1 by default */
  constructor(name: string, schema: Schema<A>, flows: Flows<A>, maxOutOfOrderness: number, inputs: Readonly<Record<string, number>> = {}) {
    this.name = name
    this.#schema = schema
    this.#flows = flows
    this.#maxOutOfOrderness = maxOutOfOrderness
    this.#inputs = inputs
    this.#graph = this.#build()
    this.#intake = this.#intakeOf(this.#graph)
  }

  get watermark(): number {
    return this.#intake.watermark
  }

  /** The other sources that it reads. */
  get inputs(): ReadonlyMap<string, Input> {
    return this.#graph.inputs.sources
  }

  /** What its operators need of the source. */
  get requirements(): Map<string, Requirements> {
    return this.#graph.requirements
  }

  get hasOpen(): boolean {
    return this.#open.length > 0
  }

  push(rows: readonly unknown[], now: number, of?: InputPlace): void {
    this.idle = false
    this.lastRow = now
    this.#take({ rows, offset: this.#offset, ...(of && { of }) })
    this.#offset += rows.length
  }

  advance(watermark: number, now: number, of?: InputPlace): void {
    // A watermark that moves holds nothing back, as rows do not.
    if (of || watermark > this.#intake.own) {
      this.idle = false
      this.lastRow = now
    }
    this.#take({ watermark, ...(of && { of }) })
  }

  /** Ends a partition of another source: nothing comes of it any more. */
  endInput(of: InputPlace): void {
    this.#endedInputs.set(`${of.input}-${of.partition}`, of)
    this.#take({ ended: true, of })
  }

  /** Ends the range: what it gives counts from now on. */
  commit(kind: 'range' | 'idle' | 'end'): { body: TaskRecord; n: number; rows: B[]; late: LateRow[] } {
    if (kind === 'idle') this.#intake.rest()
    if (kind === 'end') this.#intake.end()
    this.#graph.rangeEnd(kind === 'end' ? Number.POSITIVE_INFINITY : this.#intake.watermark)
    this.idle = kind === 'idle'
    this.ended ||= kind === 'end'
    const { watermark } = this.#intake
    if (watermark < this.#committed) throw new Error(`the watermark of ${this.name} went back from ${this.#committed} to ${watermark}`)
    const written = writePartials(this.#graph.partials(kind === 'end' ? Number.POSITIVE_INFINITY : watermark, kind === 'idle'))
    const body = { ...written, ...this.#intake.noted, idle: this.idle, ended: this.ended, to: this.#offset }
    this.#log.put(this.#graph.stateful)
    const record = { body: JSON.parse(JSON.stringify(body)) as TaskRecord, n: this.#records++, rows: this.#rows, late: this.#late }
    this.#committed = watermark
    this.#clocks = record.body
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
    this.#intake = this.#intakeOf(this.#graph)
    this.#rows = []
    this.#late = []
    if (this.#clocks) this.#intake.restore(this.#clocks)
    const again = this.#open
    this.#open = []
    for (const of of this.#endedInputs.values()) this.#pushPart(of, [], Number.NEGATIVE_INFINITY, true)
    for (const given of again) this.#take(given)
  }

  close(): void {
    this.#graph.close()
  }

  #take(given: Given): void {
    this.#open.push(given)
    const { of } = given
    const watermark = 'watermark' in given ? given.watermark : Number.NEGATIVE_INFINITY
    const [rows, offset] = 'rows' in given ? [given.rows, given.offset] : [[], 0]
    if (of) this.#pushPart(of, rows, watermark, 'ended' in given, offset)
    else this.#push({ batch: batchOf(this.#schema, rows as readonly A[], offset), watermark })
  }

  #pushPart({ input, partition }: InputPlace, rows: readonly unknown[], watermark: number, isEnd: boolean, offset = 0): void {
    const source = this.inputs.get(input)?.source
    if (!source)
      throw new TicketsError('OPTION_INVALID', `the operator reads no source ${input}, only ${[...this.inputs.keys()].join(', ') || 'its own'}`)
    const state = isEnd ? 'ended' : 'running'
    const part = { input, partition: `${input}-${partition}`, state, rows: batchOf(source.schema, rows, offset) } as const
    this.#push({ batch: Batch.of(this.#schema, []), watermark, part })
  }

  #push(chunk: Pick<Chunk<A, Json>, 'batch' | 'watermark' | 'part'>): void {
    this.#intake.push({ ...chunk, rejected: [], position: null, lag: 0 }, harmlessLogger(undefined))
    this.#intake.advance()
  }

  #intakeOf(graph: Graph<A>): Intake<A> {
    const number = Number(/\d+$/.exec(this.name)?.[0] ?? 0)
    const inputs = [...graph.inputs.sources].flatMap(([name, { partitions }]) =>
      partitions === 'same'
        ? [[`${name}-${number}`, name] as const]
        : Array.from({ length: this.#inputs[name] ?? 1 }, (_, p) => [`${name}-${p}`, name] as const),
    )
    const context = { time: { maxOutOfOrderness: this.#maxOutOfOrderness }, inputsOf: () => new Map(inputs) }
    return new Intake(context, this.name, graph, { lend: (_giveBack, push) => push() })
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

function batchOf<T>(schema: Schema<T>, rows: readonly T[], offset: number): Batch<T> {
  const batch = Batch.of(schema, rows)
  const offsets = Float64Array.from({ length: batch.length }, (_, i) => offset + i)
  return internals.make(schema, internals.columns(batch), batch.length, { watermarks: new Float64Array(batch.length), offsets })
}
