import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../log/logs.fixture.ts'
import { nodeChecks, packageChecks } from './machine-checks.ts'

test('supported versions of Node are fine, others are named', () => {
  expect(['22.12.0', '24.1.0', '26.0.0', '30.2.1'].map((version) => nodeChecks(version).findings)).toEqual([[], [], [], []])
  for (const version of ['20.19.0', '22.11.0', '23.5.0', '25.0.0'])
    expect(nodeChecks(version).findings).toMatchObject([{ check: 'node', problem: expect.stringContaining(version) }])
})

async function install(root: string, name: string, version: string, more: object = {}): Promise<string> {
  const at = join(root, 'node_modules', name)
  await mkdir(at, { recursive: true })
  await writeFile(join(at, 'package.json'), JSON.stringify({ name, version, ...more }))
  return at
}

test('a second copy of core, and a peer of another version, are named with their places', async () => {
  const root = await folder()
  await install(root, '@tickets/core', '0.1.0', { peerDependencies: { zod: '^4.0.0' } })
  const sinks = await install(root, '@tickets/sinks', '0.1.0')
  await install(root, 'zod', '4.1.0')
  expect(packageChecks(root)).toEqual({ fine: { packages: 'one @tickets/core, 0.1.0' }, findings: [] })
  await install(sinks, '@tickets/core', '0.2.0')
  await install(root, 'zod', '3.25.0')
  expect(packageChecks(root).findings).toMatchObject([
    {
      check: 'packages',
      problem: 'there are several copies of @tickets/core',
      seen: expect.stringMatching(/0\.1\.0\).*0\.2\.0\) for @tickets\/sinks/),
    },
    { check: 'packages', problem: 'zod 3.25.0 is not supported', fix: 'npm i zod@^4.0.0' },
  ])
})

test('each peer that a package asks for is compared with what it gets, and a missing one is named', async () => {
  const root = await folder()
  const peerDependencies = { zod: '^4.1.0', pg: '^8.11.0', mysql2: '^3.11.0', avsc: '^0.7.2' }
  const peerDependenciesMeta = { pg: { optional: true }, mysql2: { optional: true }, avsc: { optional: true } }
  await install(root, '@tickets/core', '0.1.0')
  await install(root, '@tickets/sinks', '0.1.0', { peerDependencies, peerDependenciesMeta })
  expect(packageChecks(root).findings).toEqual([
    { check: 'packages', problem: 'zod is not installed', seen: '@tickets/sinks needs zod@^4.1.0', fix: 'npm i zod@^4.1.0' },
  ])
  await install(root, 'zod', '4.0.9')
  await install(root, 'pg', '8.11.0')
  await install(root, 'mysql2', '4.0.0')
  await install(root, 'avsc', '0.8.0')
  expect(packageChecks(root).findings.map(({ problem }) => problem)).toEqual([
    'zod 4.0.9 is not supported',
    'mysql2 4.0.0 is not supported',
    'avsc 0.8.0 is not supported',
  ])
  for (const [name, version] of Object.entries({ zod: '4.1.0', mysql2: '3.24.6', avsc: '0.7.9' })) await install(root, name, version)
  expect(packageChecks(root).findings).toEqual([])
})
