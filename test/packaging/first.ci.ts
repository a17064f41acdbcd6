import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocks } from './blocks.ts'
import { type Registry, startRegistry } from './local.ts'
import { pack, packages, sh } from './project.ts'

const first = blocks.find(({ name }) => name.startsWith('README.md:'))
let home = ''
let local: Registry

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-first-'))
  local = await startRegistry()
  for (const name of packages) await local.publish(await pack(name, home))
}, 300_000)

afterAll(async () => {
  await local?.stop()
  await rm(home, { recursive: true, force: true })
})

describe('the first block of the README, in an empty folder, with the packages from a registry', () => {
  test.each(['22', '24', '26'])('runs on Node %s', async (major) => {
    const folder = join(home, `node-${major}`)
    await mkdir(folder)
    const env = { npm_config_registry: local.url, npm_config_audit: 'false', npm_config_fund: 'false' }
    await sh('npm', ['init', '-y'], folder, env)
    await sh('npm', ['install', '@tickets/core', '@tickets/sinks', 'rxjs', 'zod', `node@${major}`], folder, env)
    await writeFile(join(folder, 'first.mjs'), first?.code ?? '')
    const node = join(folder, 'node_modules/node/bin/node')
    expect(await sh(node, ['-v'], folder)).toMatch(new RegExp(`^v${major}\\.`))
    expect((await sh(node, ['first.mjs'], folder)).trimEnd()).toBe(first?.prints?.trimEnd())
  })
})
