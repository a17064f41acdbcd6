import type { Json } from '../base/json.ts'
import type { Batch } from '../batch/batch.ts'
import type { Display, Emission } from '../merge/emission.ts'
import { MergeState } from '../merge/fold.ts'
import type { Accumulators } from '../window/engine/accumulators.ts'
import type { AlignedEngine } from '../window/engine/aligned-engine.ts'
import type { Late } from '../window/engine/late.ts'
import { partialKeyReader } from '../window/engine/partial-key.ts'
import type { UnalignedEngine } from '../window/engine/unaligned-engine.ts'
import type { Result } from './window-rows.ts'

/** Windows of one stream, with nothing to wait for but its own watermark: without a pipeline, behind another `windowed`, or local ones. */
export interface StandaloneWindows {
  add(batch: Batch<unknown>): Late[]
  /** Closes what `watermark` closes; gives what there is to show. */
  advance(watermark: number): Result[]
  snapshot(whole: boolean): Json | null
  restore(cut: Json): void
}

const ONE = 'one'

/** What the merge shows of some keys, as results. */
export function resultsOf(shown: readonly Emission[], accumulators: Accumulators): Result[] {
  const read = partialKeyReader()
  return shown.map(({ key, accs, revision, isFinal }) => ({ ...read(key), results: accumulators.resultsOf(accs), revision, isFinal }))
}

/** Windows that are known from the time alone: the merge of one task. */
export function alignedWindows(engine: AlignedEngine, accumulators: Accumulators, display: Display, keepsState: boolean): StandaloneWindows {
  const merge = new MergeState([ONE], Number.POSITIVE_INFINITY, new Map([[ONE, { display }]]))
  return {
    add: (batch) => engine.add(batch),
    advance(watermark) {
      const partials = engine.partials(watermark, display.shows === 'updates' ? 'changed' : 'none')
      // What changed is what changed since the last cut; where nobody asks for cuts, this is one.
      if (!keepsState) engine.snapshot(false)
      const ended = watermark === Number.POSITIVE_INFINITY
      const body = { partials: { [ONE]: partials }, watermark: Number.isFinite(watermark) ? watermark : null, idle: false, ended, to: null }
      merge.fold(ONE, 0, body)
      return resultsOf(merge.show().get(ONE) ?? [], accumulators)
    },
    snapshot: (whole) => ({ engine: engine.snapshot(whole), merge: merge.snapshot(whole) }),
    restore(cut) {
      const { engine: counted, merge: shown } = cut as { engine: Json; merge: Json }
      if (counted !== null) engine.restore(counted)
      merge.restore(shown)
    },
  }
}

/** Windows whose bounds depend on the rows. */
export function unalignedWindows(engine: UnalignedEngine, accumulators: Accumulators): StandaloneWindows {
  return {
    add: (batch) => engine.add(batch),
    advance: (watermark) =>
      engine
        .close(watermark)
        .map(({ interval, values, accs }) => ({ interval, values, results: accumulators.results(accs), revision: 0, isFinal: true })),
    snapshot: (whole) => engine.snapshot(whole),
    restore: (cut) => engine.restore(cut),
  }
}
