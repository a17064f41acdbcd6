import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Display, Emission } from '../../merge/emission.ts'
import { MergeState } from '../../merge/fold.ts'
import { AlignedEngine } from '../../window/engine/aligned-engine.ts'
import type { Late } from '../../window/engine/late.ts'
import { partialKeyReader } from '../../window/engine/partial-key.ts'
import type { UnalignedEngine } from '../../window/engine/window.ts'
import type { Accumulators } from '../../window/groups/accumulators.ts'
import type { WindowedDefinition } from './definition.ts'
import type { Result } from './window-rows.ts'

/** The windows of one stream, which wait for nothing but its own watermark. */
export interface StreamWindows {
  /** Counts the rows of a batch that has watermarks; returns the late ones. */
  add(batch: Batch<unknown>): Late[]
  /** Closes what `watermark` closes, and returns what is to be emitted. */
  advance(watermark: number): Result[]
  snapshot(whole: boolean): Json | null
  restore(snapshot: Json): void
}

/** The only task of a merge of one stream. */
const TASK = 'one'

/** On disk. */
type AlignedSnapshot = { readonly engine: Json; readonly merge: Json }

function readSnapshot(json: Json): AlignedSnapshot {
  const found = json as AlignedSnapshot | null
  if (found && 'engine' in found && 'merge' in found) return found
  throw new TicketsError('OPERATOR_STATE', 'the state of a windowed was written by another version of it: run that one, or start over with a new log')
}

/** Returns a function that makes a result of what the merge emits for a key. */
export function emissionReader(accumulators: Accumulators): (emission: Emission) => Result {
  const read = partialKeyReader()
  return ({ key, accs, revision, final }) => ({ ...read(key), results: accumulators.resultsOf(accs), revision, final: final })
}

/** Returns the windows of one stream. Without `keepsState` nothing is kept for snapshots. */
export function streamWindows(definition: WindowedDefinition, display: Display, { keepsState }: { keepsState: boolean }): StreamWindows {
  const { window, by, accumulators, maxKeys } = definition
  if (window.local) return unalignedWindows(window.local({ by, accumulators, maxKeys }), accumulators)
  return alignedWindows(new AlignedEngine(window, by, accumulators, definition), accumulators, display, keepsState)
}

/** Keeps windows whose bounds are known from a row's time alone: a merge of one task emits them. */
function alignedWindows(engine: AlignedEngine, accumulators: Accumulators, display: Display, keepsState: boolean): StreamWindows {
  const merge = new MergeState([TASK], Number.POSITIVE_INFINITY, new Map([[TASK, { display }]]))
  return {
    add: (batch) => engine.add(batch),
    advance(watermark) {
      const partials = engine.partials(watermark, display.shows === 'updates' ? 'changed' : 'none')
      // `partials('changed')` returns what changed since the last snapshot. Without a log nothing takes snapshots, so this takes one after each batch.
      if (!keepsState) engine.snapshot(false)
      const ended = watermark === Number.POSITIVE_INFINITY
      merge.fold(TASK, 0, { partials: { [TASK]: partials }, watermark: Number.isFinite(watermark) ? watermark : null, idle: false, ended, to: null })
      return (merge.emit().get(TASK) ?? []).map(emissionReader(accumulators))
    },
    snapshot: (whole) => ({ engine: engine.snapshot(whole), merge: merge.snapshot(whole) }) satisfies AlignedSnapshot,
    restore(snapshot) {
      const saved = readSnapshot(snapshot)
      if (saved.engine !== null) engine.restore(saved.engine)
      merge.restore(saved.merge)
    },
  }
}

/** Keeps windows whose bounds depend on the rows. */
function unalignedWindows(engine: UnalignedEngine, accumulators: Accumulators): StreamWindows {
  return {
    add: (batch) => engine.add(batch),
    advance: (watermark) =>
      engine
        .close(watermark)
        .map(({ interval, values, accs }) => ({ interval, values, results: accumulators.results(accs), revision: 0, final: true })),
    snapshot: (whole) => engine.snapshot(whole),
    restore: (snapshot) => engine.restore(snapshot),
  }
}
