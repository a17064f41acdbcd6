import type { Observable, OperatorFunction, Subscriber } from 'rxjs'
import { currentScope, type Scope } from '../dataflow/scope.ts'

/** One subscription of an operator of ours. */
export interface Operation<A> {
  next(value: A): void
  /** The source completed, outside of a pipeline; what is held goes out, when a promise is returned as soon as that settles. */
  complete?(): void | Promise<void>
  /** The source is subscribed to: those before it have registered. */
  ready?(): void
  unsubscribe?(): void
}

/**
 * The ring of RxJS around a plain operation. RxJS reports what a subscriber's `next` throws only later and elsewhere, so it is caught
 * here and becomes the flow's error.
 */
export function operate<A, B>(make: (out: Subscriber<B>, scope: Scope | null) => Operation<A>): OperatorFunction<A, B> {
  // `lift`, as RxJS's own operators: a pipeline follows it to see every error and every subscription of its flows.
  return (source) => source.lift({ call: (out, from) => subscribe(out, from, make) })
}

function subscribe<A, B>(out: Subscriber<B>, source: Observable<A>, make: (out: Subscriber<B>, scope: Scope | null) => Operation<A>): void {
  const guard = (work: () => void) => {
    try {
      work()
    } catch (error) {
      out.error(error)
    }
  }
  guard(() => {
    const scope = currentScope()
    scope?.watch(out)
    const operation = make(out, scope)
    out.add(() => operation.unsubscribe?.())
    out.add(
      source.subscribe({
        next: (value) => guard(() => operation.next(value)),
        error: (error) => out.error(error),
        complete: () =>
          guard(() => {
            const rest = operation.complete?.()
            if (rest) rest.then(() => out.complete())
            else out.complete()
          }),
      }),
    )
    operation.ready?.()
  })
}
