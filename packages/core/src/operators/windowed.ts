import type { OperatorFunction } from 'rxjs'
import type { Agg, OutOf } from '../aggregate/aggregate.ts'
import { Batch, column, inside } from '../batch/batch.ts'
import { wideReader } from '../batch/columns.ts'
import { TicketsError } from '../errors/errors.ts'
import { LateRow } from '../pipeline/late.ts'
import type { Scope, Shown } from '../pipeline/scope.ts'
import type { Sink } from '../pipeline/sink.ts'
import type { Json } from '../pipeline/source.ts'
import type { Schema, Simplify } from '../schema/schema.ts'
import { PartitionClock } from '../time/watermark.ts'
import { type Late, WindowEngine } from '../window/engine.ts'
import { windowSchema } from '../window/schema.ts'
import type { Window } from '../window/window.ts'
import { operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'

/** A row of what `windowed` gives: `[window_start, window_end)`, the key, the aggregates, and how often it was shown before. */
export type WindowRow<T, K extends keyof T, A> = Simplify<{ window_start: Date; window_end: Date } & Pick<T, K> & OutOf<A> & { revision: number }>

export interface WindowedOptions<T, K extends keyof T & string, A> {
  /** The columns that rows are grouped by; none gives one group a window. */
  by?: K | readonly K[]
  /** Output column → aggregate. */
  aggregate: A
  /** Names it within its flow, where that has more than one; `windowed` by default. Its state is found by this name. */
  id?: string
  /** Where rows go that came too late; by default to the pipeline's `late`. */
  late?: Sink<LateRow>
}

/**
 * Puts rows together by event-time window and key, and gives a row for each when the window closes.
 *
 * In a pipeline each task counts its own partition's rows, and the merge shows a window when the minimum of all watermarks passes its
 * close. Without a pipeline it is all one partition, whose watermark is the largest event time so far, and the end closes everything.
 *
 * @throws `OPTION_INVALID` for unknown columns or reserved names; as the flow's error `WATERMARK_LOST` when rows come without theirs
 * @example
 * tickets.pipe(windowed(tumbling({ size: '1 minute' }), { by: 'request_type', aggregate: { tickets: count() } }))
 * // { window_start: 12:00, window_end: 12:01, request_type: 'billing', tickets: 3, revision: 0 }
 */
export function windowed<
  T,
  const K extends keyof T & string = never,
  // biome-ignore lint/complexity/noBannedTypes: no aggregate at all is a record without members
  A extends Record<string, Agg<T, unknown>> & { [N in 'window_start' | 'window_end' | 'revision']?: never } = {},
>(window: Window, options: WindowedOptions<T, K, A>): OperatorFunction<Batch<T>, Batch<WindowRow<T, K, A>>> {
  type Row = WindowRow<T, K, A>
  const by: readonly string[] = options.by === undefined ? [] : typeof options.by === 'string' ? [options.by] : (options.by as readonly K[])
  const aggregate = options.aggregate as unknown as Record<string, Agg<unknown, unknown>>
  const id = options.id ?? 'windowed'
  return operate<Batch<T>, Batch<Row>>((out, scope) => {
    const engine = new WindowEngine(window, by, aggregate)
    const clock = new PartitionClock(0)
    let output: Schema<Row> | undefined
    const emit = (results: readonly Shown[]) => {
      if (output)
        out.next(
          Batch.of(
            output,
            results.map((result) => windowRow(output as Schema<Row>, engine, by, result)),
          ),
        )
    }
    return {
      next(batch) {
        output ??= windowSchema(batch.schema, window.kind, by, aggregate) as unknown as Schema<Row>
        if (scope) return inPipeline(scope, engine, id, batch, () => emit([]))
        refuseWithoutScope(batch, id)
        if (batch.length === 0) return emit([])
        engine.add(clock.stamp(batch))
        showAll(engine, clock.watermark, emit)
      },
      complete: () => showAll(engine, Number.POSITIVE_INFINITY, emit),
      ready() {
        if (!scope) return
        scope.lateSink(id, options.late)
        scope.aggregation(
          {
            id,
            version: 1,
            rangeEnd: () => {},
            cut: (whole) => engine.cut(whole),
            apply: (cut) => engine.apply(cut),
            partials: (watermark, open) => engine.partials(watermark, open),
            show: emit,
          },
          { window: window.options, by: [...by], aggregate: Object.entries(aggregate).map(([name, agg]) => [name, agg.options ?? null]) },
        )
      },
    }
  })
}

function inPipeline(scope: Scope, engine: WindowEngine, id: string, batch: Batch<unknown>, carrySchema: () => void): void {
  if (scope.isBehind) {
    throw new TicketsError(
      'OPTION_INVALID',
      `flow "${scope.flow}" has a second windowed behind the first, which is not supported yet: write the first to a dataset, and aggregate that`,
    )
  }
  if (batch.length === 0) {
    scope.behind(carrySchema)
    return
  }
  if (inside.origin(batch) !== 'task') {
    throw new TicketsError(
      'WATERMARK_LOST',
      `windowed in flow "${scope.flow}" got rows without their watermarks: make rows with mapRows or withColumn, not with Batch.of, rows() or a map of your own before it`,
    )
  }
  const late = engine.add(batch)
  if (late.length > 0) scope.late(id, lateRows(scope.flow, id, batch, late))
}

function showAll(engine: WindowEngine, watermark: number, emit: (results: readonly Shown[]) => void): void {
  const closed = engine.partials(watermark, false)
  if (closed.length > 0) emit(closed.map(({ key, acc }) => ({ key, accs: [acc], revision: 0 })))
}

function lateRows(flow: string, operator: string, batch: Batch<unknown>, late: readonly Late[]): Batch<LateRow> {
  const time = wideReader(column(batch, batch.schema.time))
  const positions = inside.trail(batch)?.offsets
  const iso = (ms: number) => new Date(ms).toISOString()
  return Batch.of(
    LateRow,
    late.map(({ row, watermark, windows }) => ({
      flow,
      operator,
      event_time: new Date(time(row)),
      watermark: new Date(watermark),
      windows: JSON.stringify(windows.map(({ start, end }) => [iso(start), iso(end)])),
      position: positions?.[row] ?? 0,
      row: JSON.stringify(batch.get(row)),
    })),
  )
}

function windowRow<Row>(schema: Schema<Row>, engine: WindowEngine, by: readonly string[], { key, accs, revision }: Shown): Row {
  const [start, end, ...values] = JSON.parse(key) as [number, number, ...Json[]]
  const keys = by.map((name, k) => {
    const field = schema.fields.find((f) => f.name === name)
    const value = values[k]
    if (value === null) return [name, field?.optional ? undefined : null]
    return [name, field?.kind === 'instant' ? new Date(value as number) : value]
  })
  return { window_start: new Date(start), window_end: new Date(end), ...Object.fromEntries(keys), ...engine.results(accs), revision } as Row
}
