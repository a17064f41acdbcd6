import type { OperatorFunction } from 'rxjs'
import { positiveInteger } from '../base/positive-integer.ts'
import { Batch, internals, type Schema } from '../batch/batch.ts'
import { operate } from './operate.ts'

/** Settings of `mapAsync`. */
export interface MapAsyncOptions {
  /** The most rows that wait at the same time; 16 by default. */
  concurrency?: number
  /** Whether batches keep their order; true by default. Rows keep their order within a batch in any case. */
  ordered?: boolean
}

/** A batch on its way through `map`; `made` is null until all its rows are there. */
interface Waiting<B> {
  made: Batch<B> | null
}

/**
 * Makes one row of `schema` from each row with an asynchronous function, such as a lookup or a request. A range ends only when `map` has settled for all
 * its rows, so this is the way to wait inside a pipeline.
 *
 * `map` may run again for the same row after a crash. `signal` aborts when the flow ends.
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
  positiveInteger(concurrency, 'concurrency')
  return operate<Batch<A>, Batch<B>>((out, scope) => {
    const abort = new AbortController()
    const queue: (() => Promise<void>)[] = []
    const line: Waiting<B>[] = []
    const running = new Set<Promise<void>>()
    const aborted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(new Error('unsubscribed')))
    })
    aborted.catch(() => {})
    let busy = 0
    let inMergeStage = false

    const next = () => {
      while (busy < concurrency && queue.length > 0 && !abort.signal.aborted) {
        busy++
        void (queue.shift() as () => Promise<void>)().finally(() => {
          busy--
          next()
        })
      }
    }
    /** Settles with the mapped row, once it had its turn. */
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
      if (scope) scope.within(() => out.next(batch), inMergeStage)
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
      // A row may fail after its batch has failed, when nothing awaits it any more.
      all.catch(() => {})
      next()
      try {
        const made = Batch.of(schema, await Promise.race([all, aborted]))
        slot.made = internals.make(schema, internals.columns(made), made.length, internals.metadata(batch), internals.origin(batch))
        flush(slot)
      } catch (error) {
        if (abort.signal.aborted) return
        if (scope) scope.within(() => out.error(error), inMergeStage)
        else out.error(error)
      }
    }

    return {
      next(batch) {
        inMergeStage = scope?.inMergeStage ?? false
        const empty = internals.make(schema, internals.columns(Batch.of(schema, [])), 0, internals.metadata(batch), internals.origin(batch))
        // An empty batch carries the schema, and waits for nothing.
        if (batch.length === 0) return out.next(empty)
        const slot: Waiting<B> = { made: null }
        line.push(slot)
        const pending = work(batch, slot)
        running.add(pending)
        void pending.finally(() => running.delete(pending))
        scope?.pending(pending)
      },
      async complete() {
        while (running.size > 0) await Promise.all(running)
      },
      unsubscribe: () => abort.abort(),
      ready: () => scope?.describe('mapAsync', { schema: schema.name, version: schema.version }),
    }
  })
}
