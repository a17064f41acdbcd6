import type { Json } from '../base/json.ts'
import type { Batch } from '../batch/batch.ts'
import type { Display, Shown } from '../merge/emission.ts'
import { MergeState } from '../merge/fold.ts'
import type { TaskBody } from '../records/task-record.ts'
import type { Accumulators } from '../window/engine/accumulators.ts'
import type { WindowEngine } from '../window/engine/aligned-engine.ts'
import type { Late } from '../window/engine/late.ts'
import { partialKeyReader } from '../window/engine/partial-key.ts'
import type { LocalEngine } from '../window/engine/unaligned-engine.ts'
import type { Result } from './window-rows.ts'

/** Windows of one stream, with nothing to wait for but its own watermark: without a pipeline, behind another `windowed`, or local ones. */
export interface Single {
  add(batch: Batch<unknown>): Late[]
  /** Closes what `watermark` closes; gives what there is to show. */
  advance(watermark: number): Result[]
  cut(whole: boolean): Json | null
  apply(cut: Json): void
}

const ONE = 'one'

/** What the merge shows of some keys, as results. */
export function resultsOf(shown: readonly Shown[], accumulators: Accumulators): Result[] {
  const read = partialKeyReader()
  return shown.map(({ key, accs, revision, isFinal }) => ({ ...read(key), results: accumulators.resultsOf(accs), revision, isFinal }))
}

/** Windows that are known from the time alone: the merge of one task. */
export function alignedSingle(engine: WindowEngine, accumulators: Accumulators, display: Display, keepsState: boolean): Single {
  const merge = new MergeState([ONE], Number.POSITIVE_INFINITY, new Map([[ONE, { display }]]))
  return {
    add: (batch) => engine.add(batch),
    advance(watermark) {
      const partials = engine.partials(watermark, display.shows === 'updates' ? 'changed' : 'none')
      // What changed is what changed since the last cut; where nobody asks for cuts, this is one.
      if (!keepsState) engine.cut(false)
      const ended = watermark === Number.POSITIVE_INFINITY
      const body = { partials: { [ONE]: partials }, watermark: Number.isFinite(watermark) ? watermark : null, idle: false, ended, to: null }
      merge.fold(ONE, 0, body as unknown as TaskBody)
      return resultsOf(merge.show().get(ONE) ?? [], accumulators)
    },
    cut: (whole) => ({ engine: engine.cut(whole), merge: merge.cut(whole) }),
    apply(cut) {
      const { engine: counted, merge: shown } = cut as { engine: Json; merge: Json }
      if (counted !== null) engine.apply(counted)
      merge.apply(shown)
    },
  }
}

/** Windows whose bounds depend on the rows. */
export function localSingle(engine: LocalEngine, accumulators: Accumulators): Single {
  return {
    add: (batch) => engine.add(batch),
    advance: (watermark) =>
      engine
        .close(watermark)
        .map(({ interval, values, accs }) => ({ interval, values, results: accumulators.results(accs), revision: 0, isFinal: true })),
    cut: (whole) => engine.cut(whole),
    apply: (cut) => engine.apply(cut),
  }
}
