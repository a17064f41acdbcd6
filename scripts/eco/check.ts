/** One thing that a row demands. */
export interface Check {
  readonly what: string
  /** Tries it. Resolves to what was found; rejects with what is missing where the criterion does not hold. */
  run(): Promise<string>
}

/** A row of the table: met if all of its checks are. */
export interface Row {
  readonly number: number
  readonly title: string
  readonly checks: readonly Check[]
  /** What this machine cannot try, with the reason. It is said each time, and counts neither way. */
  readonly leftOut?: readonly string[]
}

/** Throws with what is missing unless `holds`. */
export function demand(holds: boolean, missing: string): asserts holds {
  if (!holds) throw new Error(missing)
}

/** Throws unless a figure is within its limit. Returns both as text. */
export function within(figure: number, limit: number, unit: string): string {
  const text = `${Number(figure.toFixed(1))} ${unit} of at most ${limit}`
  demand(figure <= limit, text)
  return text
}

/** Runs the checks of a row, each after the other, and prints a line for each. Resolves to whether all hold. */
export async function tryRow({ number, title, checks, leftOut = [] }: Row, print: (line: string) => void): Promise<boolean> {
  const began = performance.now()
  print(`row ${number}: ${title}`)
  let missing = 0
  for (const { what, run } of checks) {
    try {
      print(`  ok        ${what}: ${await run()}`)
    } catch (error) {
      missing += 1
      print(`  MISSING   ${what}: ${(error as Error).message.trimEnd().replaceAll('\n', '\n            ')}`)
    }
  }
  for (const what of leftOut) print(`  left out  ${what}`)
  const after = `${((performance.now() - began) / 1000).toFixed(1)} s`
  print(`row ${number} ${missing === 0 ? 'passed' : `FAILED, ${missing} of ${checks.length} checks`} after ${after}\n`)
  return missing === 0
}
