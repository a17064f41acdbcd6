import type { OperatorFunction } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { Batch, internals } from '../batch/batch.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import { allAs } from '../store/personal-marks.ts'
import { operate } from './operate.ts'

/** The parts of an operator with state. `S` is the state, which `onBatch` and `onRangeEnd` change in place. */
export interface StatefulDefinition<A, B, S> {
  /** The name within the flow. A restart finds the state by this name. */
  id: string
  /** The version of the snapshots; 1 by default. Raise it when they change, and let `restore` read the older ones. */
  version?: number
  init: () => S
  /** Returns zero or more batches for one. An empty batch must give an empty batch: it carries the schema down the flow. */
  onBatch: (state: S, batch: Batch<A>) => Iterable<Batch<B>> | Batch<B> | null | undefined
  /** Called when a range ends, or the source completes outside a pipeline. Returns what must not wait for the next range. */
  onRangeEnd?: (state: S) => Iterable<Batch<B>> | Batch<B> | null | undefined
  /** Returns the state as JSON. Later changes of the state must not change it. */
  snapshot: (state: S) => Json
  restore: (snapshot: Json, version: number) => S
}

/**
 * Makes an operator with state. The state is part of the pipeline's records, so after a crash the operator continues where its last record ends.
 *
 * Works outside a pipeline too, where it starts with `init()`.
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
    const emit = (result: Iterable<Batch<B>> | Batch<B> | null | undefined) => {
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
      restore(saved, writtenBy) {
        state = restore(saved, writtenBy)
        last = JSON.stringify(saved)
      },
    }
    let isStarted = false
    return {
      next(batch) {
        if (!scope) refuseWithoutScope(batch, id)
        // Windows arrive in the merge, so the state belongs to the records of the merge.
        if (!isStarted && scope?.inMergeStage) scope.moveToMergeStage(stateful)
        // What a snapshot holds is the user's own code.
        if (!isStarted) scope?.personal?.remembers(id, allAs(scope.personal.marksOf(batch), 'unknown'))
        isStarted = true
        emit(onBatch(state, batch))
      },
      complete: () => emit(onRangeEnd?.(state)),
      ready: () => scope?.stateful(stateful),
    }
  })
}

/** Throws `OPERATOR_SCOPE` for a batch of a task at an operator that no scope knows: its state would be in no record. */
export function refuseWithoutScope(batch: Batch<unknown>, id: string): void {
  if (internals.origin(batch) !== 'task') return
  throw new TicketsError(
    'OPERATOR_SCOPE',
    `the operator "${id}" was subscribed while the pipeline runs (below switchMap, retry, defer…), so its memory is in no record: put it into the flow itself`,
  )
}
