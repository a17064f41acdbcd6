import type { Batch } from '../../batch/batch.ts'
import type { Scope } from '../../dataflow/scope.ts'
import { AlignedEngine } from '../../window/engine/aligned-engine.ts'
import type { WindowedDefinition } from './definition.ts'
import type { WindowedOutput } from './output.ts'
import { emissionReader, streamWindows } from './stream-windows.ts'

/** A part of a `windowed` that gets the batches of one task, or of the merge. */
export interface Stage {
  /** Counts the rows of a batch. An empty one goes through at once, since it carries the schema. */
  next(batch: Batch<unknown>): void
}

/** A stage that the scope learns of before the first batch. */
export interface TaskStage extends Stage {
  register(): void
}

/**
 * Counts rows in a task. Windows whose bounds are known from a row's time alone give their partial aggregates to the merge, which emits them.
 * Windows whose bounds depend on the rows close in the task (docs/internals/protocol.md#4.6).
 */
export function taskStage(definition: WindowedDefinition, scope: Scope, output: WindowedOutput): TaskStage {
  return definition.window.local ? closingInTask(definition, scope, output) : partialsForMerge(definition, scope, output)
}

function partialsForMerge(definition: WindowedDefinition, scope: Scope, output: WindowedOutput): TaskStage {
  const { window, by, id, emit, accumulators } = definition
  const engine = new AlignedEngine(window, by, accumulators, definition)
  const open = emit === 'updates' ? 'changed' : 'none'
  return {
    register() {
      scope.lateSink(id, definition.lateSink)
      if (window.kind === 'global' && emit === 'final') scope.requires(id, { bounded: true })
      scope.aggregation(
        {
          id,
          // Version 2 holds sets of texts in compact form.
          version: 2,
          display: output.display,
          rangeEnd: () => {},
          snapshot: (whole) => engine.snapshot(whole),
          restore: (snapshot) => engine.restore(snapshot),
          partials(watermark, isEnd) {
            const partials = engine.partials(output.delayed(watermark), isEnd ? 'all' : open)
            const { delay } = output
            if (delay === 0) return partials
            return partials.map((partial) => ({ ...partial, due: partial.due === null ? null : partial.due + delay }))
          },
          emit: (emissions) => output.emit(emissions.map(emissionReader(accumulators))),
        },
        definition.fingerprint,
      )
    },
    next(batch) {
      if (batch.length === 0) scope.runInMergeStage(() => output.emit([]))
      else output.late(batch, engine.add(batch))
    },
  }
}

function closingInTask(definition: WindowedDefinition, scope: Scope, output: WindowedOutput): TaskStage {
  const { by, id } = definition
  const windows = streamWindows(definition, output.display, { keepsState: true })
  return {
    register() {
      scope.lateSink(id, definition.lateSink)
      scope.requires(id, { keyedBy: by })
      scope.describe(id, definition.fingerprint)
      scope.stateful({
        id,
        version: 1,
        rangeEnd(probe, watermark) {
          if (!probe) output.emitSome(windows.advance(output.delayed(watermark)))
        },
        snapshot: (whole) => windows.snapshot(whole),
        restore: (snapshot) => windows.restore(snapshot),
      })
    },
    next(batch) {
      if (batch.length === 0) output.emit([])
      else output.late(batch, windows.add(batch))
    },
  }
}
