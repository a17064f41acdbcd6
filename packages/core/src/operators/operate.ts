import { type Observable, type Operator, type OperatorFunction, Subscriber } from 'rxjs'
import { notePassing } from '../dataflow/guarded.ts'
import { currentScope, type Scope } from '../dataflow/scope.ts'

/** One subscription of an operator. */
export interface Operation<A> {
  next(value: A): void
  /** The source completed, outside a pipeline: emits what is held. The output completes when a returned promise settles. */
  complete?(): void | Promise<void>
  /** The source is subscribed to, so the operators before this one have registered. */
  ready?(): void
  unsubscribe?(): void
}

/**
 * Returns an operator of RxJS from what it does with one subscription. RxJS reports what a subscriber's `next` throws later and elsewhere, so it is caught
 * here and becomes the error of the flow.
 *
 * @param keeps whether it, or a function of the user's, may keep a batch or a column of one when its `next` has returned
 */
export function operate<A, B>(make: (out: Subscriber<B>, scope: Scope | null) => Operation<A>, { keeps = true } = {}): OperatorFunction<A, B> {
  // `lift`, like the operators of RxJS: a pipeline follows it to see every error and every subscription of its flows.
  const operator: Operator<A, B> = { call: (out: Subscriber<B>, from: Observable<A>) => subscribe(out, from, make) }
  if (!keeps) notePassing(operator)
  return (source) => source.lift(operator)
}

/** Returns a function that runs work, and makes what it throws the error of the flow. */
export const guardOf =
  (out: Subscriber<never>) =>
  (work: () => void): void => {
    try {
      work()
    } catch (error) {
      out.error(error)
    }
  }

function subscribe<A, B>(out: Subscriber<B>, source: Observable<A>, make: (out: Subscriber<B>, scope: Scope | null) => Operation<A>): void {
  const guard = guardOf(out)
  guard(() => {
    const scope = currentScope()
    scope?.watch(out)
    const operation = make(out, scope)
    out.add(() => operation.unsubscribe?.())
    const upstream = new Subscriber<A>({
      next: (value) => guard(() => operation.next(scope?.personal ? scope.personal.marked(value) : value)),
      error: (error: unknown) => out.error(error),
      complete: () =>
        guard(() => {
          const rest = operation.complete?.()
          if (rest)
            rest.then(
              () => out.complete(),
              (error: unknown) => out.error(error),
            )
          else out.complete()
        }),
    })
    // Before it is subscribed: a synchronous source is stopped while it still emits, by an error or a `take` after this operator.
    out.add(upstream)
    source.subscribe(upstream)
    operation.ready?.()
  })
}
