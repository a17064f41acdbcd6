import { isTicketsError, TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { harmless } from '../../base/log/harmless.ts'
import type { Batch, Schema, WindowOrigin } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import type { Scope } from '../../dataflow/scope.ts'
import type { Display } from '../../merge/emission.ts'
import type { MarkedRows } from '../../store/personal-marks.ts'
import { claimWindows, type Late } from '../../window/engine/late.ts'
import { knownKeys, zeroFill } from '../../window/fill.ts'
import { windowSchema } from '../../window/schema.ts'
import type { WindowedDefinition } from './definition.ts'
import { lateRows } from './late-rows.ts'
import { splitUnfit } from './unfit-results.ts'
import { windowMarks } from './window-marks.ts'
import { type Result, windowRows } from './window-rows.ts'

type Row = Record<string, unknown>

/** What the first batch decides. In a pipeline that is the empty batch of the start. */
interface Start {
  readonly schema: Schema<Row>
  /** How many milliseconds the rows that arrive are behind the watermarks of the rows they were made from; 0 unless they are windows. */
  readonly delay: number
  /** The personal columns of the rows that come out, where the graph is asked for them. */
  readonly personal: MarkedRows | undefined
  /** Travels with the rows that come out. */
  readonly origin: WindowOrigin
  /** Every key, where `fill` needs them. */
  readonly keys: readonly (readonly Json[])[]
}

/** The rows that one subscription of a `windowed` emits: windows, and late rows. */
export class WindowedOutput {
  /** How the merge emits the windows. */
  readonly display: Display
  readonly #definition: WindowedDefinition
  readonly #scope: Scope | null
  readonly #next: (rows: Batch<Row>) => void
  readonly #observeLate: ((rows: Batch<LateRow>) => void) | undefined
  #start: Start | null = null
  #claimed = false

  constructor(definition: WindowedDefinition, scope: Scope | null, next: (rows: Batch<Row>) => void) {
    this.#definition = definition
    this.#scope = scope
    this.#next = next
    const { id, window, emit, maxFill, lateObserver } = definition
    const isClaimed = () => this.#claimed
    this.display = {
      get shows() {
        return isClaimed() ? 'closed' : emit
      },
      fill: maxFill === null ? undefined : zeroFill(window, () => this.#started.keys, maxFill),
    }
    this.#observeLate = lateObserver && harmless(`the late observer of "${id}"`, lateObserver, (rows: Batch<LateRow>) => lateObserver.next(rows))
  }

  get isStarted(): boolean {
    return this.#start !== null
  }

  /**
   * Learns from the first batch what the rows are and whether another `windowed` made them.
   *
   * @throws `OPTION_INVALID` for a key that the rows lack, for `fill` with a key that is no enum, and behind a `windowed` with `emit: 'updates'`
   */
  start(batch: Batch<unknown>): void {
    const { window, by, id, aggregate, emit, maxFill } = this.#definition
    const schema = windowSchema(batch.schema, window.kind, by, aggregate, emit === 'updates')
    const keys = maxFill === null ? [] : knownKeys(batch.schema, by)
    const from = claimWindows(batch, id)
    const delay = from?.delay ?? 0
    const claim = () => {
      this.#claimed = true
    }
    const personal = this.#personal(batch, schema)
    this.#start = {
      schema,
      delay,
      keys,
      personal,
      origin: { delay: delay + window.grace + (window.local ? 1 : 0), updates: emit === 'updates', claim },
    }
  }

  /** Notes which personal columns the state and the late rows hold, and returns those of the rows that come out. */
  #personal(batch: Batch<unknown>, schema: Schema<Row>): MarkedRows | undefined {
    const trace = this.#scope?.personal
    if (!trace) return undefined
    const before = trace.marksOf(batch)
    const { rows, memory } = windowMarks(this.#definition, before, schema)
    trace.remembers(this.#definition.id, memory)
    trace.late(this.#definition.id, before)
    return { zod: schema.zod, marks: rows }
  }

  /** How far the rows that arrive are behind their watermarks, in milliseconds. */
  get delay(): number {
    return this.#start?.delay ?? 0
  }

  /** Returns the watermark of the rows that arrive, given that of the rows they were made from. The end of everything stays what it is. */
  delayed(watermark: number): number {
    return watermark === Number.POSITIVE_INFINITY ? watermark : watermark - this.delay
  }

  /** Emits results as one batch, which is empty when there are none: an empty batch carries the schema. */
  emit(results: readonly Result[]): void {
    if (this.#start) this.#next(this.#fitting(results) ?? this.#rows(this.#withoutUnfit(results)))
  }

  /** Emits results, unless there are none. */
  emitSome(results: readonly Result[]): void {
    if (results.length > 0) this.emit(results)
  }

  late(batch: Batch<unknown>, late: readonly Late[]): void {
    if (late.length === 0) return
    const { id } = this.#definition
    const rows = lateRows({ flow: this.#scope?.flow ?? '', partition: this.#scope?.partition ?? '' }, id, batch, late)
    this.#observeLate?.(rows)
    this.#scope?.late(id, rows)
  }

  get #started(): Start {
    return this.#start as Start
  }

  #rows(results: readonly Result[]): Batch<Row> {
    const { schema, origin, personal } = this.#started
    return windowRows(schema, this.#definition.by, results, { windowOrigin: origin, ...(personal && { personal }) }, this.#scope !== null)
  }

  /** Returns all results as rows; null where a value does not fit its column. Which one is looked for only then. */
  #fitting(results: readonly Result[]): Batch<Row> | null {
    try {
      return this.#rows(results)
    } catch (error) {
      if (isTicketsError(error, 'BATCH_VALUE')) return null
      throw error
    }
  }

  #withoutUnfit(results: readonly Result[]): readonly Result[] {
    const { id, by } = this.#definition
    const { fit, unfit } = splitUnfit(this.#started.schema, id, by, results)
    if (this.#scope) this.#scope.refused(unfit)
    else if (unfit[0])
      throw new TicketsError(
        'RESULT_REFUSED',
        `${unfit[0].reason}. Without a pipeline there are no dead letters: aggregate a column of wider numbers, z.number()`,
      )
    return fit
  }
}
