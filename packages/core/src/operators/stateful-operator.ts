import type { OperatorFunction } from 'rxjs'
import { TicketsError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { Batch, internals } from '../batch/batch.ts'
import type { MergeStageOperator } from '../dataflow/scope.ts'
import type { Path } from '../store/field.ts'
import { allAs } from '../store/personal-marks.ts'
import { requireOrder } from '../window/engine/late.ts'
import { guardOf, operate } from './operate.ts'

/** The parts of an operator with state. `S` is the state, which `onBatch` and `onRangeEnd` change in place. */
export interface StatefulDefinition<A, B, S> {
  /** The name within the flow. A restart finds the state by this name. */
  id: string
  /** The version of the snapshots; 1 by default. Raise it when they change, and let `restore` read the older ones. */
  version?: number
  /**
   * The columns that the state is kept by. Over several partitions the source must be `keyedBy` some of them: otherwise each task would see a part of the
   * rows of a key, and keep a state of its own for it. A state of the partition as a whole has none.
   */
  by?: NoInfer<Path<A>> | readonly NoInfer<Path<A>>[]
  init: () => S
  /** Returns zero or more batches for one. An empty batch must give an empty batch: it carries the schema down the flow. */
  onBatch: (state: S, batch: Batch<A>) => Iterable<Batch<B>> | Batch<B> | null | undefined
  /** Called when a range ends, or the source completes outside a pipeline. Returns what must not wait for the next range. */
  onRangeEnd?: (state: S) => Iterable<Batch<B>> | Batch<B> | null | undefined
  /** Called once when a complete source has ended, or the source completes outside a pipeline. Returns the last rows. */
  onEnd?: (state: S) => Iterable<Batch<B>> | Batch<B> | null | undefined
  /** Returns the state as JSON. Later changes of the state must not change it. */
  snapshot: (state: S) => Json
  restore: (snapshot: Json, version: number) => S
}

/** Marks on disk, around a snapshot, that the source had ended. */
const ENDED = '@tickets/ended'

/**
 * Makes an operator with state. The state is part of the pipeline's records, so after a crash the operator continues where its last record ends.
 *
 * Works outside a pipeline too, where it starts with `init()`. For state by key, and timers, `keyedOperator` is shorter.
 *
 * @throws `OPTION_INVALID` over several partitions that are not keyed by its `by`; `OPERATOR_SCOPE` when subscribed inside a running pipeline (below `switchMap`, `retry`), where no record would hold its state.
 * @example
 * const numbered = statefulOperator({ id: 'numbered', init: () => ({ seen: 0 }), onBatch: (s, b) => { s.seen += b.length; return b },
 *   snapshot: (s) => s.seen, restore: (seen) => ({ seen: Number(seen) }) })
 */
export function statefulOperator<A, B = A, S = unknown>(definition: StatefulDefinition<A, B, S>): OperatorFunction<Batch<A>, Batch<B>> {
  const { id, version = 1, init, onBatch, onRangeEnd, onEnd, snapshot, restore } = definition
  const by: readonly string[] = typeof definition.by === 'string' ? [definition.by] : ((definition.by ?? []) as readonly string[])
  return operate<Batch<A>, Batch<B>>((out, scope) => {
    let state = init()
    let last: string | null = null
    let isEnded = false
    const emit = (result: Iterable<Batch<B>> | Batch<B> | null | undefined) => {
      if (!result) return
      if (result instanceof Batch) return out.next(result)
      for (const batch of result) out.next(batch as Batch<B>)
    }
    const end = () => {
      if (isEnded) return
      isEnded = true
      emit(onEnd?.(state))
    }
    const guard = guardOf(out)
    const stateful: MergeStageOperator = {
      id,
      version,
      rangeEnd: (probe, watermark) =>
        guard(() => {
          emit(onRangeEnd?.(state))
          if (!probe && watermark === Number.POSITIVE_INFINITY) end()
        }),
      // The merge comes here again and again, also after a restart.
      advance: (frontier) => guard(() => frontier === Number.POSITIVE_INFINITY && end()),
      snapshot(whole) {
        const json = isEnded && onEnd ? { [ENDED]: snapshot(state) } : snapshot(state)
        const text = JSON.stringify(json)
        if (!whole && text === last) return null
        last = text
        return JSON.parse(text) as Json
      },
      restore(saved, writtenBy) {
        isEnded = typeof saved === 'object' && saved !== null && Object.hasOwn(saved, ENDED)
        state = restore(isEnded ? ((saved as JsonObject)[ENDED] as Json) : saved, writtenBy)
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
        if (!isStarted) requireOrder(batch, id)
        if (!isStarted) scope?.personal?.remembers(id, allAs(scope.personal.marksOf(batch), 'unknown'))
        isStarted = true
        emit(onBatch(state, batch))
      },
      complete() {
        emit(onRangeEnd?.(state))
        end()
      },
      ready() {
        if (by.length > 0) scope?.describe('statefulOperator', { by: [...by] })
        if (by.length > 0) scope?.requires(id, { keyedBy: by })
        scope?.stateful(stateful)
      },
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
