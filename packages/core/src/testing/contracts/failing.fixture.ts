import type { Case } from './case.ts'

/** Returns the names of the cases that fail; what each threw must be an error with words. */
export async function failing(cases: readonly Case[]): Promise<string[]> {
  const names: string[] = []
  for (const { name, run } of cases) {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof Error) || error.message === '') throw new Error(`the case "${name}" failed without a word`, { cause: error })
      names.push(name)
    }
  }
  return names
}
