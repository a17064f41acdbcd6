import type { RollingRecord } from './operator-state-record.ts'

type Round = Pick<RollingRecord, 'since' | 'round'>

/** Knows from which record on the log holds all of each operator's rolling state (docs/internals/protocol.md#3.10). */
export class RollingRounds {
  readonly #rounds = new Map<string, Round>()

  /** The lowest record that is needed; Infinity where there is no rolling state. */
  get since(): number {
    return Math.min(...[...this.#rounds.values()].map(({ since }) => since))
  }

  /** Notes that record `n` holds the next part of an operator's state, and returns what the record says of it. */
  next(id: string, n: number, endsRound: boolean): Round {
    // The first record of an operator holds all that it has.
    const { since, round } = this.#rounds.get(id) ?? { since: n, round: n }
    const next = endsRound ? { since: round, round: n + 1 } : { since, round }
    this.#rounds.set(id, next)
    return next
  }

  /** Continues where the record of a head stands. */
  restore(id: string, { since, round }: Round): void {
    this.#rounds.set(id, { since, round })
  }

  /** Returns whether what record `n` holds of an operator is needed. */
  needs(id: string, n: number): boolean {
    return n >= (this.#rounds.get(id)?.since ?? Number.POSITIVE_INFINITY)
  }
}
