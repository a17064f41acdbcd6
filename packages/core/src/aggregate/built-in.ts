import type { Agg } from './aggregate.ts'

const known = new WeakSet<object>()

/** Marks an aggregate as one of this package, and returns it. */
export function builtIn<A extends Agg<never, unknown>>(agg: A): A {
  known.add(agg)
  return agg
}

/**
 * Returns whether an aggregate does what its `options` say: it was made by this package, and is no copy with another `add` or `result`. Such an aggregate may be
 * computed in another way.
 */
export const isBuiltIn = (agg: Agg<never, unknown>): boolean => known.has(agg)
