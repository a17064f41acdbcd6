import type { OperatorFunction } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { Batch, internals } from '../batch/batch.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import { operate } from './operate.ts'

/** What an operator with memory is made of. `S` is its state: changed in place, or replaced by what `onBatch` is given to `set`. */
export interface StatefulDefinition<A, B, S> {
  /** Names it within its flow; its state is found by this name after a restart. */
  id: string
  /** The version of its snapshots; 1 by default. Count up when they change, and let `restore` take the older ones. */
  version?: number
  init: () => S
  /** Gives zero or more batches for one. An empty batch must give an empty batch: it carries the schema down the flow. */
  onBatch: (state: S, batch: Batch<A>) => Iterable<Batch<B>> | Batch<B> | null | undefined | undefined
  /** Called when a range ends, and outside of a pipeline at the end: what must not wait for the next range goes out here. */
  onRangeEnd?: (state: S) => Iterable<Batch<B>> | Batch<B> | null | undefined | undefined
  /** The state as JSON; must be detached from it. */
  snapshot: (state: S) => Json
  restore: (snapshot: Json, version: number) => S
}

/**
 * An operator with memory, whose state rides in the pipeline's records: after a crash it goes on as if nothing had happened.
 *
 * Works without a pipeline too; then it starts with `init()`.
 *
 * @throws `OPERATOR_SCOPE` when subscribed inside a running pipeline (below `switchMap`, `retry`), where no record would hold its state.
 * @example
 * const numbered = statefulOperator({ id: 'numbered', init: () => ({ seen: 0 }), onBatch: (s, b) => { s.seen += b.length; return b },
 *   snapshot: (s) => s.seen, restore: (seen) => ({ seen: Number(seen) }) })
 */
export function statefulOperator<A, B = A, S = unknown>(definition: StatefulDefinition<A, B, S>): OperatorFunction<Batch<A>, Batch<B>> {
  const { id, version = 1, init, onBatch, onRangeEnd, snapshot, restore } = definition
  return operate<Batch<A>, Batch<B>>((out, scope) => {
    let state = init()
    let last: string | null = null
    const emit = (result: Iterable<Batch<B>> | Batch<B> | null | undefined | undefined) => {
      if (!result) return
      if (result instanceof Batch) return out.next(result)
      for (const batch of result) out.next(batch as Batch<B>)
    }
    const stateful: OperatorState = {
      id,
      version,
      rangeEnd: () => {
        try {
          emit(onRangeEnd?.(state))
        } catch (error) {
          out.error(error)
        }
      },
      snapshot(whole) {
        const json = snapshot(state)
        const text = JSON.stringify(json)
        if (!whole && text === last) return null
        last = text
        return JSON.parse(text) as Json
      },
      restore(cut, written) {
        state = restore(cut, written)
        last = JSON.stringify(cut)
      },
    }
    let begun = false
    return {
      next(batch) {
        if (!scope) refuseWithoutScope(batch, id)
        // What windows feed runs in the merge, and its state is the merge's.
        if (!begun && scope?.inMergeStage) scope.moveToMergeStage(stateful)
        begun = true
        emit(onBatch(state, batch))
      },
      complete: () => emit(onRangeEnd?.(state)),
      ready: () => scope?.stateful(stateful),
    }
  })
}

/** A batch of a task at an operator that no scope knows: its memory would be in no record. */
export function refuseWithoutScope(batch: Batch<unknown>, id: string): void {
  if (internals.origin(batch) !== 'task') return
  throw new TicketsError(
    'OPERATOR_SCOPE',
    `the operator "${id}" was subscribed while the pipeline runs (below switchMap, retry, defer…), so its memory is in no record: put it into the flow itself`,
  )
}
