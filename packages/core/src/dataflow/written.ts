declare const written: unique symbol

/** The result of `into`, in which each flow must end. A flow without a sink is a type error that says so. */
export interface Written {
  readonly [written]: 'end the flow with into(sink)'
}
