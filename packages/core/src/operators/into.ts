import type { OperatorFunction } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import { Batch } from '../batch/batch.ts'
import type { Sink } from '../connectors/sink.ts'
import type { FlowEnd } from '../dataflow/scope.ts'
import type { Written } from '../dataflow/written.ts'
import { sameSchema } from '../schema/same-schema.ts'
import { joinMarks } from '../store/personal-marks.ts'
import { operate } from './operate.ts'

/**
 * Ends a flow in a sink. Works only inside a pipeline.
 *
 * @throws `OPERATOR_SCOPE` outside a pipeline; as the flow's error `SCHEMA_MISMATCH` when batches of two schemas arrive, and
 * `OPERATOR_ASYNC` when one arrives outside its push (after `delay`, `observeOn`, …)
 * @example
 * tickets.pipe(highPriority(), into(jsonSink('data/high')))
 */
export function into<T>(sink: Sink<NoInfer<T>>): OperatorFunction<Batch<T>, Written> {
  return operate<Batch<T>, Written>(
    (_out, scope) => {
      if (!scope)
        throw new TicketsError('OPERATOR_SCOPE', 'into(sink) works inside of a pipeline only: in a test, subscribe to the operator before it')
      const { flow } = scope
      const end: FlowEnd = { flow, sink: sink as Sink<unknown>, schema: null, inMergeStage: false }
      return {
        next(batch) {
          if (!(batch instanceof Batch))
            throw new TicketsError(
              'SCHEMA_MISMATCH',
              `flow "${flow}" gave its sink ${describe(batch)} where a Batch belongs: end it with toBatches(schema)`,
            )
          if (!scope.pushing) {
            const error = new TicketsError(
              'OPERATOR_ASYNC',
              `flow "${flow}" has an asynchronous operator (delay, observeOn, bufferTime…): a batch reached its sink outside of its push, so no record could hold it; use mapAsync to wait for something`,
            )
            scope.fail(error)
            throw error
          }
          end.inMergeStage ||= scope.inMergeStage
          end.schema ??= batch.schema
          if (!sameSchema(end.schema, batch.schema)) {
            throw new TicketsError(
              'SCHEMA_MISMATCH',
              `flow "${flow}" gave its sink rows of ${batch.schema.name} v${batch.schema.version} after ${end.schema.name} v${end.schema.version}: a sink has one schema`,
            )
          }
          if (scope.personal) end.personal = joinMarks([end.personal ?? new Map(), scope.personal.marksOf(batch)])
          if (batch.length > 0) scope.output(end, batch)
        },
        ready: () => scope.end(end),
      }
    },
    { keeps: false },
  )
}

function describe(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
