import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cell } from './cell.ts'
import { npmConsumer, type Place } from './consumer.ts'

/** Returns the cells of test runners: each runs a pipeline with a log, files and errors of the file system, as a test of a user's. */
export async function runnerCells(place: Place): Promise<Cell[]> {
  const files = ['../../realms/fixtures/app.test.mjs', '../../realms/fixtures/scenario.mjs', 'commonjs.test.cjs']
  const consumer = await npmConsumer(place, 'runners', files, ['@tickets/core', '@tickets/sinks', 'rxjs@7', 'zod@4', 'vitest@5', 'jest@30'])
  const { folder, bin } = consumer
  const jest = (name: string, file: string) => async () => {
    const config = { testMatch: [`**/${file}`], testEnvironment: 'node', transform: {} }
    await writeFile(join(folder, `${name}.json`), JSON.stringify(config))
    await bin('jest/bin/jest.js', ['--config', `${name}.json`, '--runInBand'], { NODE_OPTIONS: '--experimental-vm-modules' })
    return 'one test passed'
  }
  const cells: Record<string, () => Promise<string>> = {
    vitest: async () => {
      await bin('vitest/vitest.mjs', ['run', '--globals', 'app.test.mjs'])
      return 'one test passed'
    },
    'node:test': async () => {
      const said = await bin('../app.test.mjs', [])
      if (!/^# pass 1$|pass 1/m.test(said)) throw new Error(said)
      return 'one test passed'
    },
    'Jest, ES modules': jest('jest-esm', 'app.test.mjs'),
    'Jest, CommonJS': jest('jest-cjs', 'commonjs.test.cjs'),
  }
  return Object.entries(cells).map(([name, run]) => ({ part: 'test runner', name, run }))
}
