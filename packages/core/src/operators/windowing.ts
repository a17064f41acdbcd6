import { isTicketsError, TicketsError } from '../base/errors.ts'
import { harmless } from '../base/harmless.ts'
import type { Json } from '../base/json.ts'
import { type Batch, internals, type WindowOrigin } from '../batch/batch.ts'
import type { Schema } from '../batch/schema.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { Scope } from '../dataflow/scope.ts'
import type { Display } from '../merge/emission.ts'
import { PartitionClock } from '../time/watermark.ts'
import { Accumulators } from '../window/engine/accumulators.ts'
import { AlignedEngine } from '../window/engine/aligned-engine.ts'
import type { Late } from '../window/engine/late.ts'
import { knownKeys, zeroFill } from '../window/fill.ts'
import { windowSchema } from '../window/schema.ts'
import { lateRows } from './late-rows.ts'
import type { Operation } from './operate.ts'
import { alignedWindows, resultsOf, type StandaloneWindows, unalignedWindows } from './single.ts'
import { refuseWithoutScope } from './stateful-operator.ts'
import { splitUnfit } from './unfit-results.ts'
import { type Result, windowRows } from './window-rows.ts'
import type { WindowedSettings } from './windowed-options.ts'

type Rows = Batch<Record<string, unknown>>

/** Where one subscription of a `windowed` stands: by itself, in a task with the merge to follow, in a task alone, or behind another in the merge. */
type Place = 'alone' | 'shared' | 'local' | 'behind'

/** Less `delay`; the end of everything stays it. */
const behindBy = (watermark: number, delay: number) => (watermark === Number.POSITIVE_INFINITY ? watermark : watermark - delay)

/** One subscription of a `windowed`. */
export function windowing(settings: WindowedSettings, scope: Scope | null, next: (rows: Rows) => void): Operation<Batch<unknown>> {
  const { window, by, id, emit, maxFill, maxWindows, maxKeys } = settings
  const accumulators = new Accumulators(settings.aggregate)
  const engine = new AlignedEngine(window, by, accumulators, { maxWindows, maxKeys })
  const clock = new PartitionClock(0)
  let place: Place = !scope ? 'alone' : window.local ? 'local' : 'shared'
  let input: Schema<unknown> | undefined
  let output: Schema<Record<string, unknown>> | undefined
  let delay = 0
  let link: WindowOrigin = { delay: 0, updates: emit === 'updates', taken: false }
  let keys: Json[][] | undefined
  const fill = maxFill === null ? undefined : zeroFill(window, () => (keys ??= knownKeys(input as Schema<unknown>, by)), maxFill)
  const display: Display = {
    get shows() {
      return link.taken ? 'closed' : emit
    },
    fill,
  }
  const single: StandaloneWindows = window.local
    ? unalignedWindows(window.local({ by, accumulators, maxKeys }), accumulators)
    : alignedWindows(engine, accumulators, display, scope !== null)

  const rowsOf = (to: Schema<Record<string, unknown>>, results: readonly Result[]) => windowRows(to, by, results, link, scope !== null)
  const { lateObserver } = settings
  const tellLate = lateObserver && harmless(`the late observer of "${id}"`, lateObserver, (rows: Batch<LateRow>) => lateObserver.next(rows))
  const show = (results: readonly Result[]) => {
    if (output) next(fitting(output, results) ?? rowsOf(output, withoutUnfit(output, results)))
  }
  /** All results as rows; null where a value does not fit its column, which is looked for only then. */
  const fitting = (to: Schema<Record<string, unknown>>, results: readonly Result[]) => {
    try {
      return rowsOf(to, results)
    } catch (error) {
      if (isTicketsError(error, 'BATCH_VALUE')) return null
      throw error
    }
  }
  const withoutUnfit = (to: Schema<Record<string, unknown>>, results: readonly Result[]) => {
    const { fit, unfit } = splitUnfit(to, id, by, results)
    if (scope) scope.refused(unfit)
    else if (unfit[0])
      throw new TicketsError(
        'RESULT_REFUSED',
        `${unfit[0].reason}. Without a pipeline there are no dead letters: aggregate a column of wider numbers, z.number()`,
      )
    return fit
  }
  const showSome = (results: readonly Result[]) => {
    if (results.length > 0) show(results)
  }
  const isLate = (batch: Batch<unknown>, late: readonly Late[]) => {
    if (late.length === 0) return
    const rows = lateRows({ flow: scope?.flow ?? '', partition: scope?.partition ?? '' }, id, batch, late)
    tellLate?.(rows)
    scope?.late(id, rows)
  }

  /** The first batch, in a pipeline the empty one of the start, says what rows there are and what feeds this. */
  const begin = (batch: Batch<unknown>) => {
    input = batch.schema
    output = windowSchema(batch.schema, window.kind, by, settings.aggregate, emit === 'updates')
    if (fill) keys = knownKeys(batch.schema, by)
    const from = internals.metadata(batch)?.link
    if (from?.updates)
      throw new TicketsError(
        'OPTION_INVALID',
        `"${id}" comes after a windowed with emit: 'updates', whose rows would count more than once: use 'final'`,
      )
    if (from) from.taken = true
    delay = from?.delay ?? 0
    link = { ...link, delay: delay + window.grace + (window.local ? 1 : 0) }
    if (!scope?.inMergeStage) return
    place = 'behind'
    // Version 2 has a merge's state of version 2 in it.
    scope.moveToMergeStage({ ...state, version: 2, advance: (frontier) => showSome(single.advance(behindBy(frontier, delay))) })
  }

  const state = {
    id,
    version: 1,
    rangeEnd: () => {},
    snapshot: (whole: boolean) => single.snapshot(whole),
    restore: (cut: Json) => single.restore(cut),
  }

  const register = (to: Scope) => {
    to.lateSink(id, settings.lateSink)
    if (window.local) {
      to.requires(id, { keyedBy: by })
      to.describe(id, settings.print)
      to.stateful({
        ...state,
        rangeEnd: (probe, watermark) => {
          if (!probe) showSome(single.advance(behindBy(watermark, delay)))
        },
      })
      return
    }
    if (window.kind === 'global' && emit === 'final') to.requires(id, { bounded: true })
    to.aggregation(
      {
        ...state,
        display,
        snapshot: (whole) => engine.snapshot(whole),
        restore: (cut) => engine.restore(cut),
        partials: (watermark, open) => {
          const partials = engine.partials(behindBy(watermark, delay), open ? 'all' : emit === 'updates' ? 'changed' : 'none')
          return delay === 0 ? partials : partials.map((partial) => ({ ...partial, due: partial.due === null ? null : partial.due + delay }))
        },
        show: (results) => show(resultsOf(results, accumulators)),
      },
      settings.print,
    )
  }

  return {
    next(batch) {
      if (!output) begin(batch)
      if (!scope) {
        refuseWithoutScope(batch, id)
        const isWindows = internals.metadata(batch)?.link !== undefined
        const stamped = isWindows ? batch : clock.stamp(batch)
        if (isWindows) for (const watermark of internals.metadata(batch)?.watermarks ?? []) clock.advance(watermark)
        isLate(stamped, single.add(stamped))
        return batch.length === 0 ? show([]) : showSome(single.advance(clock.watermark))
      }
      if (scope.inMergeStage !== (place === 'behind'))
        throw new TicketsError(
          'OPTION_INVALID',
          `"${id}" of flow "${scope.flow}" gets both rows and windows of rows: give each a windowed of its own`,
        )
      if (batch.length === 0) return place === 'shared' ? scope.runInMergeStage(() => show([])) : show([])
      if (internals.origin(batch) !== 'task')
        throw new TicketsError(
          'WATERMARK_LOST',
          `windowed in flow "${scope.flow}" got rows without their watermarks: make rows with mapRows or withColumn, not with Batch.of, rows() or a map of your own before it`,
        )
      isLate(batch, place === 'shared' ? engine.add(batch) : single.add(batch))
    },
    complete: () => showSome(single.advance(Number.POSITIVE_INFINITY)),
    ready: () => scope && register(scope),
  }
}
