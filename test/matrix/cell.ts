/** One combination of the matrix: what a user has, and whether the packages work there. */
export interface Cell {
  /** `TypeScript`, `bundler`, … */
  readonly part: string
  /** `5.9, nodenext`. */
  readonly name: string
  /** Resolves with what was seen; rejects where the packages do not work. */
  readonly run: () => Promise<string>
}

export interface Outcome {
  readonly part: string
  readonly name: string
  readonly passed: boolean
  readonly seen: string
  readonly seconds: number
}

/** Runs cells one after another, and says each as it ends. */
export async function runCells(cells: readonly Cell[], say: (line: string) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { part, name, run } of cells) {
    const start = performance.now()
    const { passed, seen } = await run().then(
      (seen) => ({ passed: true, seen }),
      (error: unknown) => ({ passed: false, seen: error instanceof Error ? error.message : String(error) }),
    )
    const outcome = { part, name, passed, seen, seconds: (performance.now() - start) / 1000 }
    outcomes.push(outcome)
    say(lineOf(outcome))
    if (!passed) say(seen)
  }
  return outcomes
}

const lineOf = ({ part, name, passed, seen, seconds }: Outcome): string =>
  `${passed ? 'ok  ' : 'FAIL'} ${part.padEnd(16)} ${name.padEnd(26)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${passed ? seen : ''}`.trimEnd()

/** Returns the table of all outcomes; its last line counts them. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ passed }) => !passed).length
  return [...outcomes.map(lineOf), `${outcomes.length - failed} passed, ${failed} failed`].join('\n')
}
