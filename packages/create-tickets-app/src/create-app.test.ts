import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createApp } from './create-app.ts'

let cwd = ''
let [said, errors] = ['', '']

beforeEach(async () => {
  ;[said, errors] = ['', '']
  cwd = await mkdtemp(join(tmpdir(), 'create-app-'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

const run = (...argv: string[]) =>
  createApp({
    argv,
    cwd,
    env: { npm_config_user_agent: 'pnpm/12.21.0 npm/? node/v24.21.0' },
    terminal: undefined,
    print: (text) => (said += text),
    printError: (text) => (errors += text),
    signal: new AbortController().signal,
    templates: join(import.meta.dirname, '../templates'),
    version: '1.2.3',
  })

test('without a terminal it asks nothing, and says what comes next', async () => {
  expect(await run('--no-install')).toBe(0)
  expect(said).toBe('demo is in demo\n\nNext:\n  cd demo\n  pnpm install\n  pnpm run start\n')
  expect(JSON.parse(await readFile(join(cwd, 'demo/package.json'), 'utf8'))).toMatchObject({ name: 'demo' })
})

test('a topic comes with its broker, a dashboard with its page', async () => {
  expect(await run('shop', '--template', 'kafka', '--dashboard', '--no-install')).toBe(0)
  expect(said).toContain('  pnpm run broker\n  pnpm run produce\n  pnpm run start\n  pnpm run dashboard\n')
})

test('an error is one line, and nothing is written', async () => {
  expect(await run('My App')).toBe(1)
  expect(errors).toMatch(/^error: "My App" cannot be the name of a package: .*\n$/)
  expect(await readdir(cwd)).toEqual([])
})

test('a folder that is in use is refused before anything is asked', async () => {
  await mkdir(join(cwd, 'demo/src'), { recursive: true })
  expect(await run('demo')).toBe(1)
  expect(errors).toMatch(/^error: .*demo is not empty \(src\): choose another folder, or empty it\n$/)
})

test('help and version', async () => {
  expect(await run('--help')).toBe(0)
  expect(await run('--version')).toBe(0)
  expect(said).toMatch(/^Creates a project[\s\S]*\n1\.2\.3\n$/)
})
