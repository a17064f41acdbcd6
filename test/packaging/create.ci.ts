import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { create, makeShell, publishAll, rowsIn, type Shell } from './create.ts'
import { type Registry, startRegistry } from './local.ts'

let home = ''
let local: Registry
let shell: Shell

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'tickets-create-')))
  local = await startRegistry()
  await publishAll(local, home)
  shell = await makeShell(home, 'npm', '24', local.url)
}, 300_000)

afterAll(async () => {
  await local?.stop()
  await rm(home, { recursive: true, force: true })
})

// All templates, package managers and versions of Node: pnpm create:matrix.
describe('npm create tickets-app demo -- --yes, with the packages from a registry', () => {
  test('ends with rows that DuckDB reads from Parquet; then its test and its type-check are green', async () => {
    const said = await create(shell, 'demo', [], home)
    expect(said).toContain('done: 10000 orders read, 0 rejected')
    expect(said).toMatch(/DuckDB reads \d+ rows from data\/revenue\/\*\.parquet/)
    const demo = join(home, 'demo')
    expect(await rowsIn(join(demo, 'data/orders/*.parquet'))).toBe(10_000)
    expect(await shell.run('npm', ['test'], demo)).toMatch(/pass 2\n/)
    await shell.run('npm', ['run', 'check'], demo)
  })

  test('is written at once, and without the registry', async () => {
    const bin = join(home, 'demo-tools')
    await mkdir(bin)
    await shell.run('npm', ['install', '--no-audit', '--no-fund', 'create-tickets-app'], bin)
    const began = performance.now()
    const none = { npm_config_registry: 'http://127.0.0.1:9/' }
    const said = await shell.run(join(bin, 'node_modules/.bin/create-tickets-app'), ['offline', '--no-install'], home, none)
    expect(performance.now() - began).toBeLessThan(3000)
    expect(said).toContain('offline is in offline')
  })
})
