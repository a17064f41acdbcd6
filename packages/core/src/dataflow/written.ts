export declare const written: unique symbol
/** What a flow ends in: rows that a sink has. Made by `into` alone, so that a flow without a sink is a type error that says so. */

export interface Written {
  readonly [written]: 'end the flow with into(sink)'
}
