/** All steps, one process after the other: `node bench/steps/all.ts [--quick] [--record]`. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { saveResult } from '../results.ts'
import { circumstances, inWords } from '../runner/machine.ts'
import { printTable } from '../shared/print.ts'
import type { StepCost } from './steps.ts'

/** What bench/results/steps.json holds. */
export interface StepsResult {
  readonly circumstances: ReturnType<typeof circumstances>
  readonly steps: readonly { readonly name: string; readonly of: string; readonly results: readonly StepCost[] }[]
}

const names = ['decode', 'window', 'parquet', 'commit']

const { values } = parseArgs({ options: { record: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } } })
/** Enough to see that all works. */
const quick = ['--repeats', '2', '--tickets', '20000']

function run(name: string): Promise<{ of: string; results: StepCost[] }> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, [script, '--json', ...(values.quick ? quick : [])], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (text) => {
    said += text
  })
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => (code === 0 ? done(JSON.parse(said)) : fail(new Error(`bench/steps/${name}.ts ended with ${code}`))))
  })
}

const before = circumstances()
const steps: StepsResult['steps'][number][] = []
for (const name of names) {
  const { of, results } = await run(name)
  steps.push({ name, of, results })
  console.log(`\n${name}: microseconds for ${of}`)
  printTable(results)
}
console.log(inWords(before))
if (values.record) saveResult('steps', { circumstances: before, steps } satisfies StepsResult)
