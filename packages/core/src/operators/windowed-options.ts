import type { Observer } from 'rxjs'
import type { Agg } from '../aggregate/aggregate.ts'
import type { Batch } from '../batch/batch.ts'
import { TicketsError } from '../errors/errors.ts'
import type { LateRow } from '../pipeline/late.ts'
import type { Sink } from '../pipeline/sink.ts'
import type { Json } from '../pipeline/source.ts'
import type { Window } from '../window/window.ts'
import type { Emit, WindowedOptions } from './windowed.ts'

/** What a `windowed` is, all defaults filled in. */
export interface WindowedSettings {
  readonly window: Window
  readonly by: readonly string[]
  readonly aggregate: Readonly<Record<string, Agg<unknown, unknown>>>
  readonly id: string
  readonly lateSink: Sink<LateRow> | undefined
  readonly lateObserver: Pick<Observer<Batch<LateRow>>, 'next'> | undefined
  readonly emit: Emit
  /** Windows filled in one gap at the most; null when nothing is filled. */
  readonly maxFill: number | null
  readonly maxWindows: number
  readonly maxKeys: number
  /** For the fingerprint: a change of these changes what the state means. */
  readonly print: Json
}

function most(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new TicketsError('OPTION_INVALID', `${what} is a whole number from 1, got ${value}`)
}

/** Checks the options of a `windowed`. Throws `OPTION_INVALID`. */
export function checkWindowed(
  window: Window,
  options: WindowedOptions<Record<string, unknown>, string, Record<string, Agg<unknown, unknown>>, Emit>,
): WindowedSettings {
  const { id = 'windowed', aggregate, late, emit = 'final', fill, maxFill = 1_000, maxWindows = 100_000, maxKeys = 10_000_000 } = options
  const by = options.by === undefined ? [] : typeof options.by === 'string' ? [options.by] : [...options.by]
  if (emit !== 'final' && emit !== 'updates') throw new TicketsError('OPTION_INVALID', `emit is 'final' or 'updates', got ${JSON.stringify(emit)}`)
  if (fill !== undefined && fill !== 'zero') throw new TicketsError('OPTION_INVALID', `fill is 'zero' or left out, got ${JSON.stringify(fill)}`)
  if (emit === 'updates' && window.local)
    throw new TicketsError('OPTION_INVALID', `emit: 'updates' goes with windows of known bounds: those of a ${window.kind} change with each row`)
  if (fill && !window.after)
    throw new TicketsError('OPTION_INVALID', `fill: 'zero' goes with windows that follow each other, tumbling or hopping, not with ${window.kind}`)
  const aggregates = Object.entries(aggregate).map(([name, agg]) => [name, agg.options ?? null] as const)
  const more = { ...(emit === 'final' ? {} : { emit }), ...(fill ? { fill, maxFill } : {}) }
  const isSink = late !== undefined && 'open' in late
  return {
    window,
    by,
    aggregate,
    id,
    lateSink: isSink ? (late as Sink<LateRow>) : undefined,
    lateObserver: isSink ? undefined : (late as Pick<Observer<Batch<LateRow>>, 'next'> | undefined),
    emit,
    maxFill: fill ? most(maxFill, 'maxFill') : null,
    maxWindows: most(maxWindows, 'maxWindows'),
    maxKeys: most(maxKeys, 'maxKeys'),
    print: { window: window.options, by, aggregate: aggregates, ...more },
  }
}
