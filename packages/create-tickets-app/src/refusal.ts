/** What a user can put right: one sentence that says what to do, and no stack trace. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** 130 after Ctrl-C, as of a shell. */
  readonly exitCode: number

  constructor(message: string, { exitCode = 1, cause }: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, { cause })
    this.exitCode = exitCode
  }
}

/** Returns the refusal after Ctrl-C. */
export const interrupted = (message: string): Refusal => new Refusal(message, { exitCode: 130 })
