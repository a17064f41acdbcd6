import { Observable, type Observer, type Operator, Subscriber, type Subscription } from 'rxjs'
import { currentScope } from './scope.ts'

/** Receives what happens to the observables of the flows. `flow` is null outside the subscription of a flow. */
export interface FlowGuard {
  /** True while the flows are being subscribed to, and after they were closed: subscriptions may begin and end then. */
  readonly isQuiet: boolean
  /** An operator threw, whoever catches it. */
  failed(error: unknown, flow: string | null): void
  /** A part of a flow was subscribed to while the pipeline runs. */
  resubscribed(): void
  /** A part of a flow stopped listening while the pipeline runs. */
  ended(flow: string): void
  /** Something that may keep batches listens to a flow. */
  keeps(): void
}

const guardedBy = new WeakMap<Observable<unknown>, FlowGuard>()
/** Operators that keep neither a batch nor a column of one when their `next` has returned. */
const passing = new WeakSet<object>()
/** The observable that one of those subscribes to now. */
let expected: unknown = null

/** Records that an operator keeps neither a batch nor a column of one when its `next` has returned, and returns it (docs/internals/protocol.md#2.6). */
export function notePassing<O extends object>(operator: O): O {
  passing.add(operator)
  return operator
}

/**
 * Makes `root`, and everything that is piped from it, report to `guard`.
 *
 * An operator that throws has dropped the batch it was given, and RxJS operators such as `retry` or `catchError` hide that. So every error is
 * reported where it is thrown, and so is every subscription that begins or ends during a run.
 */
export function guarded<T>(root: Observable<T>, guard: FlowGuard): Observable<T> {
  return adopt(root.lift(through(guard, { call: (subscriber, source) => source.subscribe(subscriber) })), guard)
}

/**
 * Returns the same chain of operators with `guard` on it, for a chain that `merge`, `concat` or `defer` began: those make observables without the
 * guard of their parts.
 */
export function guardedEnd<T>(end: Observable<T>, guard: FlowGuard): Observable<T> {
  if (guardedBy.get(end) === guard) return end
  const { source, operator } = end
  return source && operator ? guardedEnd<unknown>(source, guard).lift(operator) : adopt(new Observable<T>((out) => end.subscribe(out)), guard)
}

/** Starts a flow by its end, which gives nobody its batches. */
export function subscribeToEnd<T>(end: Observable<T>, observer: Partial<Observer<T>>): Subscription {
  expected = end
  return end.subscribe(observer)
}

/** RxJS makes each operator's observable with the `lift` of the one before it. */
function adopt<T>(observable: Observable<T>, guard: FlowGuard): Observable<T> {
  guardedBy.set(observable, guard)
  const { subscribe } = observable
  observable.subscribe = ((...args: Parameters<typeof subscribe>) => {
    if (expected !== observable) guard.keeps()
    expected = null
    return subscribe.apply(observable, args)
  }) as typeof subscribe
  observable.lift = <R>(operator?: Operator<T, R>) =>
    adopt(Observable.prototype.lift.call(observable, operator && through(guard, operator)) as Observable<R>, guard)
  return observable
}

function through<T, R>(guard: FlowGuard, operator: Operator<T, R>): Operator<T, R> {
  return {
    call(subscriber, source) {
      const flow = currentScope()?.flow ?? null
      if (!guard.isQuiet) return guard.resubscribed()
      watchErrors(subscriber, (error) => guard.failed(error, flow))
      subscriber.add(() => {
        if (flow !== null && !guard.isQuiet) guard.ended(flow)
      })
      expected = passing.has(operator) ? source : null
      return operator.call(subscriber, source)
    },
  }
}

const watched = new WeakSet<Subscriber<unknown>>()

/**
 * Reports each error that `subscriber` is given, once. An operator gives its error to the subscriber after it, which may be one that no
 * guarded observable has made.
 */
export function watchErrors(subscriber: unknown, report: (error: unknown) => void): void {
  if (!(subscriber instanceof Subscriber) || watched.has(subscriber)) return
  watched.add(subscriber)
  const error = subscriber.error.bind(subscriber)
  subscriber.error = (reason) => {
    if (!subscriber.closed) report(reason)
    error(reason)
  }
  watchErrors(Reflect.get(subscriber, 'destination'), report)
}
