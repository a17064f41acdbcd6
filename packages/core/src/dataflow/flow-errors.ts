import { isRetryable, isTicketsError, messageOf, TicketsError } from '../base/errors.ts'

/** Returns what a flow's operator threw as the error that stops the pipeline. Null: it belongs to no flow alone. */
export function flowError(flow: string | null, error: unknown): TicketsError {
  if (isTicketsError(error)) return error
  const where = flow === null ? 'an operator before the flows' : `flow "${flow}"`
  return new TicketsError('FLOW_FAILED', `${where} failed: ${messageOf(error)}`, { cause: error, retryable: isRetryable(error) })
}

/** Returns the error for a flow that completes before its source. */
export function completed(flow: string): TicketsError {
  return new TicketsError(
    'FLOW_COMPLETED',
    `flow "${flow}", or a part of it, completed before its source did (take, first, takeUntil…): rows after that would be lost; filter instead`,
  )
}

/** Returns the error for a flow that subscribes to its source again during a run. */
export function resubscribed(): TicketsError {
  return new TicketsError(
    'FLOW_RESUBSCRIBED',
    'a flow subscribed to its source again while the pipeline runs (repeat, retry, or switchMap back to the source): the batch under way would be lost. Take the operator out; the pipeline itself tries again what fails with `retryable: true`',
  )
}

/** Returns the error for a flow that holds an empty batch back. */
export function silent(flow: string): TicketsError {
  return new TicketsError(
    'FLOW_SILENT',
    `flow "${flow}" did not pass an empty batch on to its sink: an operator waits (delay, bufferTime, bufferCount…) or drops empty batches, so rows could be held in memory that no record holds; use statefulOperator, toBatches or filterRows`,
  )
}

/** Returns the error for an operator after a window that got no empty batch at the start. */
export function lateMove(flow: string, id: string): TicketsError {
  return new TicketsError(
    'OPERATOR_SCOPE',
    `the operator "${id}" of flow "${flow}" got rows of a windowed, and none of it before: an operator between them drops empty batches`,
  )
}
