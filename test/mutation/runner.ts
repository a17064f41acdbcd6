/**
 * Runs tests against one mutation after the other, in one vitest that keeps what it has transformed. The mutated text never reaches the
 * disk: a plugin gives it out in place of the file. A child process of `mutate.ts`, which kills it when a mutation runs for ever.
 */
import { readFileSync } from 'node:fs'
import { createVitest } from 'vitest/node'
import { mutated } from './mutants.ts'

/** What the parent asks: the tests of each stage in turn, until one fails. Without a mutation, all of them as they are. */
export interface Ask {
  readonly root: string
  readonly file: string
  readonly mutation: { readonly start: number; readonly end: number; readonly text: string } | null
  readonly stages: readonly (readonly string[])[]
}

/** The stage that failed, or null: the mutation survived. */
export interface Answer {
  readonly failed: number | null
  readonly ms: number
  readonly errors: readonly string[]
  /** Whether the mutated text was imported: what failed without it says nothing. */
  readonly loaded: boolean
}

// A hundred random cases find nearly all mutations that a thousand do, and sooner.
process.env.MODEL_RUNS ??= '100'

let current: Ask | undefined
let loaded = false
const plugin = {
  name: 'mutation',
  enforce: 'pre' as const,
  load: (id: string) => {
    if (!current?.mutation || id.split('?')[0] !== current.file) return undefined
    loaded = true
    return mutated(readFileSync(current.file, 'utf8'), current.mutation)
  },
}

// A cache on disk would give out what was transformed before.
const options = {
  watch: false,
  fsModuleCache: false,
  bail: 1,
  pool: 'threads' as const,
  maxWorkers: 1,
  silent: true,
  reporters: [{}],
  // Beside other runs, tests take longer than they would alone.
  testTimeout: 180_000,
  // Two processes and two merges for each row: some twenty seconds.
  testNamePattern: /^(?!3\.1, 3\.2 two processes)/,
  hookTimeout: 180_000,
}
const vitest = await createVitest(options, { plugins: [plugin] })

async function run(ask: Ask): Promise<Answer> {
  const before = current?.file
  current = ask
  loaded = false
  for (const file of new Set([before ?? ask.file, ask.file])) vitest.invalidateFile(file)
  const began = performance.now()
  for (const [stage, tests] of ask.stages.entries()) {
    const specifications = tests.map((test) => vitest.getRootProject().createSpecification(`${ask.root}/${test}`))
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
    const failed = testModules.filter((module) => !module.ok())
    if (failed.length === 0 && unhandledErrors.length === 0) continue
    const errors = failed.flatMap((module) => [
      ...module.errors().map(({ message }) => message),
      ...[...module.children.allTests('failed')].map((test) => `${test.fullName}: ${test.result().errors?.[0]?.message}`),
    ])
    return { failed: stage, ms: performance.now() - began, errors: [...errors, ...unhandledErrors.map(String)], loaded }
  }
  return { failed: null, ms: performance.now() - began, errors: [], loaded }
}

process.on('message', (ask: Ask) => {
  run(ask).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failed: 0, ms: 0, errors: [String(error)], loaded } satisfies Answer),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
