/**
 * Compares the window engine, and timers and state by key, with their reference models for longer than CI does: `pnpm model --runs 100000 [--seed 7]`.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string' } } })
const env = { ...process.env, MODEL_RUNS: values.runs, ...(values.seed === undefined ? {} : { MODEL_SEED: values.seed }) }
const models = ['window-model', 'keyed-model'].map((name) => `packages/core/src/testing/scenario/${name}.test.ts`)
const { status } = spawnSync('vitest', ['run', '--project', 'shared', ...models], { stdio: 'inherit', env })
process.exitCode = status ?? 1
