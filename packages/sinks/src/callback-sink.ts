import { type Batch, isTicketsError, type Json, messageOf, type Range, type Sink, type Staged, type TaskId, TicketsError } from '@tickets/core'
import { join } from '@tickets/core/arrow'
import { checkBatchSchema } from '@tickets/core/internal'

/** What a callback gets beside the rows. */
export interface Delivery {
  /** `<task>/<n>`: the range that the rows belong to. */
  readonly id: string
  readonly flow: string
  /** The range `[from, to)`, as the source gives positions. */
  readonly from: Json
  readonly to: Json
}

/** Settings of `callbackSink`. */
export interface CallbackOptions {
  /** A name for what the callback writes to, if two flows may not write to it at once; none by default. */
  readonly target?: string
}

/**
 * Hands the rows of each range to an application's own code, once a range and before it is committed: **at least once**.
 *
 * After a crash, rows that were not committed come again under the same `id`. The range may then end elsewhere, so do not skip an `id` that was
 * seen before: replace what its earlier delivery left, or let the rows' own keys decide. A flow without rows in a range is not called.
 *
 * @throws `SINK_FAILED` with the flow's name when the callback throws; `retryable` is the thrown error's own, true where it has none
 * @example
 * tickets.pipe(into(callbackSink(async (batch, { id }) => replaceRows(id, batch.toArray())))) // id: tickets-0/0, tickets-0/1 …
 */
export function callbackSink<T>(callback: (batch: Batch<T>, delivery: Delivery) => unknown, options: CallbackOptions = {}): Sink<T> {
  if (typeof callback !== 'function')
    throw new TicketsError('OPTION_INVALID', `callbackSink takes a function of batch and { id }, got ${typeof callback}`)
  const { target } = options
  return {
    target: target === undefined ? null : `callback:${target}`,
    async open(task, schema) {
      let kept: Batch<T>[] = []
      return {
        async write(batch) {
          checkBatchSchema(schema, batch.schema, task.flow)
          if (batch.length > 0) kept.push(batch)
        },
        stage(n, _attempt, range) {
          const batches = kept
          kept = []
          return deliver(callback, batches, task, n, range)
        },
        async publish() {},
        async sweep() {},
        async close() {
          kept = []
        },
      }
    },
  }
}

async function deliver<T>(
  callback: (batch: Batch<T>, delivery: Delivery) => unknown,
  batches: readonly Batch<T>[],
  { task, flow }: TaskId,
  n: number,
  { from, to }: Range,
): Promise<Staged | null> {
  if (batches.length === 0) return null
  const batch = join(batches)
  const id = `${task}/${n}`
  try {
    await callback(batch, { id, flow, from, to })
  } catch (error) {
    const own = typeof error === 'object' && error !== null && 'retryable' in error ? error.retryable : undefined
    const reason = messageOf(error)
    const advice = isTicketsError(error) ? '' : ': fix the callback, or throw an error with retryable = false where a retry cannot help'
    throw new TicketsError('SINK_FAILED', `flow "${flow}": the callback failed for ${id} (${reason})${advice}`, {
      cause: error,
      retryable: own !== false,
    })
  }
  return { id, rows: batch.length }
}
