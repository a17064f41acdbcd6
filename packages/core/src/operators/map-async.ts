import type { OperatorFunction } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import { Batch, internals } from '../batch/batch.ts'
import type { Schema } from '../batch/schema.ts'
import { operate } from './operate.ts'

export interface MapAsyncOptions {
  /** How many rows wait at the same time at the most; 16 by default. */
  concurrency?: number
  /** Whether batches go on in their order; true by default. Rows keep their order within a batch in any case. */
  ordered?: boolean
}

interface Waiting<B> {
  made: Batch<B> | null
}

/**
 * Makes one row of `schema` from each row by something that takes time: a lookup, a call. The one way to wait inside of a pipeline: a
 * range is cut when all of its rows are there.
 *
 * `map` may be called again for the same row after a crash. `signal` aborts when the pipeline lets go of the flow.
 *
 * @throws `OPTION_INVALID` for a concurrency below 1; as the flow's error what `map` rejects with, `BATCH_VALUE` where a row does not fit
 * @example
 * tickets.pipe(mapAsync(Scored, async (t, { signal }) => ({ ...t, score: await score(t.request, signal) }), { concurrency: 8 }))
 */
export function mapAsync<A, B, const R extends B = B>(
  schema: Schema<B>,
  map: (row: A, context: { readonly signal: AbortSignal }) => Promise<R> | R,
  { concurrency = 16, ordered = true }: MapAsyncOptions = {},
): OperatorFunction<Batch<A>, Batch<B>> {
  if (!(Number.isSafeInteger(concurrency) && concurrency > 0))
    throw new TicketsError('OPTION_INVALID', `concurrency is a whole number from 1, got ${concurrency}`)
  return operate<Batch<A>, Batch<B>>((out, scope) => {
    const abort = new AbortController()
    const queue: (() => Promise<void>)[] = []
    const line: Waiting<B>[] = []
    const under = new Set<Promise<void>>()
    const aborted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(new Error('unsubscribed')))
    })
    aborted.catch(() => {})
    let busy = 0
    let isBehind = false

    const next = () => {
      while (busy < concurrency && queue.length > 0 && !abort.signal.aborted) {
        busy++
        void (queue.shift() as () => Promise<void>)().finally(() => {
          busy--
          next()
        })
      }
    }
    /** A row at a time: waits for its turn, then for `map`. */
    const mapped = (row: A) =>
      new Promise<B>((resolve, reject) => {
        queue.push(async () => {
          try {
            resolve(await map(row, { signal: abort.signal }))
          } catch (error) {
            reject(error)
          }
        })
      })
    const emit = (batch: Batch<B>) => {
      if (abort.signal.aborted) return
      if (scope) scope.within(() => out.next(batch), isBehind)
      else out.next(batch)
    }
    const flush = (slot: Waiting<B>) => {
      if (!ordered) {
        line.splice(line.indexOf(slot), 1)
        return emit(slot.made as Batch<B>)
      }
      while (line[0]?.made) emit((line.shift() as Waiting<B>).made as Batch<B>)
    }
    const work = async (batch: Batch<A>, slot: Waiting<B>) => {
      const all = Promise.all(batch.toArray().map(mapped))
      // One that fails after the batch was given up is nobody's.
      all.catch(() => {})
      next()
      try {
        const made = Batch.of(schema, await Promise.race([all, aborted]))
        slot.made = internals.make(schema, internals.columns(made), made.length, internals.metadata(batch), internals.origin(batch))
        flush(slot)
      } catch (error) {
        if (abort.signal.aborted) return
        if (scope) scope.within(() => out.error(error), isBehind)
        else out.error(error)
      }
    }

    return {
      next(batch) {
        isBehind = scope?.inMergeStage ?? false
        const empty = internals.make(schema, internals.columns(Batch.of(schema, [])), 0, internals.metadata(batch), internals.origin(batch))
        // An empty batch carries the schema, and waits for nothing.
        if (batch.length === 0) return out.next(empty)
        const slot: Waiting<B> = { made: null }
        line.push(slot)
        const pending = work(batch, slot)
        under.add(pending)
        void pending.finally(() => under.delete(pending))
        scope?.pending(pending)
      },
      async complete() {
        while (under.size > 0) await Promise.all(under)
      },
      unsubscribe: () => abort.abort(),
      ready: () => scope?.describe('mapAsync', { schema: schema.name, version: schema.version }),
    }
  })
}
