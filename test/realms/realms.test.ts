import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../repo/files.ts'

const require = createRequire(join(root, 'package.json'))
const fixtures = join(root, 'test/realms/fixtures')

/** Runs a test runner of this repository to its end, as a user would. */
function run(args: readonly string[]): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' }
  for (const name of Object.keys(env).filter((name) => /^(VITEST|JEST)/.test(name))) delete env[name as keyof typeof env]
  const child = spawn(process.execPath, args, { cwd: fixtures, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  return new Promise((done) => child.once('close', (code) => done(`exit code ${code}\n${said}`)))
}

// Node's own errors are of another realm there: `error instanceof Error` is false.
test('a pipeline with a log and files runs under Jest', async () => {
  const config = {
    rootDir: fixtures,
    testMatch: ['**/*.jest.mjs'],
    testEnvironment: 'node',
    transform: {},
    cacheDirectory: join(root, '.cache/jest'),
  }
  const jest = join(dirname(require.resolve('jest/package.json')), 'bin/jest.js')
  const said = await run(['--experimental-vm-modules', jest, '--config', JSON.stringify(config), '--runInBand'])
  expect(said).toMatch(/^exit code 0\n/)
  expect(said).toMatch(/Tests: +1 passed/)
})

test.each(['vmThreads', 'vmForks'])('a pipeline with a log and files runs in vitest with %s', async (pool) => {
  const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs')
  const said = await run([vitest, 'run', '--root', fixtures, '--config', join(fixtures, 'vitest.config.ts'), '--pool', pool])
  expect(said).toMatch(/^exit code 0\n/)
  expect(said).toMatch(/Tests +1 passed/)
})
