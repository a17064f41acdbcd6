import type { OperatorFunction } from 'rxjs'
import type { Agg } from '../aggregate/aggregate.ts'
import { TicketsError } from '../base/errors.ts'
import { type Batch, internals } from '../batch/batch.ts'
import type { Scope } from '../dataflow/scope.ts'
import type { Path } from '../store/field.ts'
import type { Window } from '../window/engine/window.ts'
import { type Operation, operate } from './operate.ts'
import { refuseWithoutScope } from './stateful-operator.ts'
import { defineWindowed, type Emit, type WindowedDefinition, type WindowedOptions, type WindowRow } from './windowed/definition.ts'
import { mergeStage } from './windowed/merge-stage.ts'
import { WindowedOutput } from './windowed/output.ts'
import { standalone } from './windowed/standalone.ts'
import { type Stage, taskStage } from './windowed/task-stage.ts'

/**
 * Groups rows by event-time window and key, and emits a row for each group when its window closes.
 *
 * In a pipeline each task counts the rows of its own partition, and the merge emits a window when the minimum of all watermarks passes its close.
 * Outside a pipeline all rows are of one partition, whose watermark is the largest event time so far, and the end of the stream closes every
 * window.
 *
 * A second `windowed` after it counts each window once, when every task has closed it. The event time of a window is the last instant in it.
 *
 * @throws `OPTION_INVALID` for unknown columns, reserved names, or options that do not go together; as the flow's error `WATERMARK_LOST`
 * when rows come without their watermarks, `STATE_LIMIT` when more windows or keys are open than allowed
 * @example
 * tickets.pipe(windowed(tumbling({ size: '1 minute' }), { by: 'request_type', aggregate: { tickets: count() } }))
 * // { window_start: 12:00, window_end: 12:01, request_type: 'billing', tickets: 3, revision: 0 }
 */
export function windowed<
  T,
  const K extends Path<T> = never,
  // biome-ignore lint/complexity/noBannedTypes: no aggregate at all is a record without members
  A extends Record<string, Agg<T, unknown>> & { [N in 'window_start' | 'window_end' | 'revision']?: never } = {},
  const E extends Emit = 'final',
>(window: Window, options: WindowedOptions<T, K, A, E>): OperatorFunction<Batch<T>, Batch<WindowRow<T, K, A, E>>> {
  const definition = defineWindowed(window, options as never)
  return operate<Batch<T>, Batch<WindowRow<T, K, A, E>>>(
    (out, scope) => {
      const output = new WindowedOutput(definition, scope, (rows) => out.next(rows as never))
      return scope ? inPipeline(definition, scope, output) : outsidePipeline(definition, output)
    },
    { keeps: Object.values(definition.aggregate).some(mayKeep) },
  )
}

/** Whether an aggregate of the user's sees whole batches. */
const mayKeep = ({ columnar, addRows }: Agg<never, unknown>) => columnar !== undefined && addRows === undefined

function outsidePipeline(definition: WindowedDefinition, output: WindowedOutput): Operation<Batch<unknown>> {
  const { next, complete } = standalone(definition, output)
  return {
    next(batch) {
      refuseWithoutScope(batch, definition.id)
      next(batch)
    },
    complete,
  }
}

/** Starts as a task stage. The empty batch of the start decides whether another `windowed` feeds this one, which makes it a merge stage. */
function inPipeline(definition: WindowedDefinition, scope: Scope, output: WindowedOutput): Operation<Batch<unknown>> {
  const task = taskStage(definition, scope, output)
  let stage: Stage = task
  return {
    ready: () => task.register(),
    next(batch) {
      if (!output.isStarted) {
        output.start(batch)
        if (scope.inMergeStage) stage = mergeStage(definition, scope, output)
      }
      if (scope.inMergeStage !== (stage !== task))
        throw new TicketsError(
          'OPTION_INVALID',
          `"${definition.id}" of flow "${scope.flow}" gets both rows and windows of rows: give each a windowed of its own`,
        )
      if (batch.length > 0 && internals.origin(batch) !== 'task')
        throw new TicketsError(
          'WATERMARK_LOST',
          `windowed in flow "${scope.flow}" got rows without their watermarks: make rows with mapRows or withColumn, not with Batch.of, rows() or a map of your own before it`,
        )
      stage.next(batch)
    },
  }
}
