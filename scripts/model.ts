/**
 * Compares the window engine with its reference model for longer than CI does: `pnpm model --runs 100000 [--seed 7]`.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string' } } })
const env = { ...process.env, MODEL_RUNS: values.runs, ...(values.seed === undefined ? {} : { MODEL_SEED: values.seed }) }
const { status } = spawnSync('vitest', ['run', 'packages/core/src/testing/scenario/window-model.test.ts'], { stdio: 'inherit', env })
process.exitCode = status ?? 1
