/** Memory that several hold: it is given back when the last one has released it. */
export class Loan {
  readonly #giveBack: () => void
  #holders = 0

  constructor(giveBack: () => void) {
    this.#giveBack = giveBack
  }

  /** Returns what releases it; only its first call counts. */
  hold(): () => void {
    this.#holders++
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--this.#holders === 0) this.#giveBack()
    }
  }
}
