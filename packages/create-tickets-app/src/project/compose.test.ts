import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Choices, sinks, sources, templates } from '../answers/choices.ts'
import { compose } from './compose.ts'
import { managerOf } from './manager.ts'

const root = resolve(import.meta.dirname, '../../../..')
const project = (choices: Choices, agent = 'npm/11.0.0') =>
  compose({ name: 'shop', choices, manager: managerOf(agent), templates: join(import.meta.dirname, '../../templates'), version: '1.2.3' })
const manifestOf = (files: Map<string, string>) => JSON.parse(files.get('package.json') ?? '') as Record<string, Record<string, string>>

const everyChoice = sources.flatMap((source) =>
  [[], ['json'], ['postgres'], sinks].flatMap((some) =>
    [false, true].map((dashboard) => ({ source, sinks: some as Choices['sinks'], dashboard }) satisfies Choices),
  ),
)

describe('the files of a project', () => {
  test('have a pipeline, a schema, a test, an image, a workflow and what to ignore', async () => {
    const files = await project(templates.file)
    expect([...files.keys()].sort()).toEqual([
      '.dockerignore',
      '.github/workflows/ci.yml',
      '.gitignore',
      'Dockerfile',
      'README.md',
      'package.json',
      'src/main.ts',
      'src/order.ts',
      'src/pipeline.ts',
      'src/read-back.ts',
      'src/revenue.ts',
      'src/sample-orders.ts',
      'src/source.ts',
      'test/revenue.test.ts',
      'tsconfig.json',
    ])
  })

  test('of a topic have a broker to start, and something to send', async () => {
    const files = await project(templates.kafka)
    const services = parse(files.get('compose.yaml') ?? '') as { services: object }
    expect(Object.keys(services.services)).toEqual(['redpanda', 'app'])
    expect(manifestOf(files).scripts).toMatchObject({ broker: expect.stringContaining('redpanda'), produce: 'node src/produce.ts' })
    expect(manifestOf(files).dependencies).toMatchObject({ '@tickets/kafka-source': '^1.2.3', '@tickets/core': '^1.2.3' })
  })

  test('of two databases start both', async () => {
    const files = await project({ ...templates.file, sinks: ['mysql', 'postgres'] })
    expect(manifestOf(files).scripts?.database).toBe('docker compose up --detach --wait mariadb postgres')
    expect(Object.keys((parse(files.get('compose.yaml') ?? '') as { services: object }).services)).toEqual(['mariadb', 'postgres'])
  })

  test.each(everyChoice)('of $source, $sinks and dashboard $dashboard have no mark, no open value, and valid YAML', async (choices) => {
    for (const agent of ['npm/11.0.0', 'pnpm/12.0.0', 'yarn/1.22.0', 'yarn/4.0.0']) {
      const files = await project(choices, agent)
      for (const [path, text] of files) {
        expect(text, path).not.toMatch(/(\/\/|#|<!--): |(?<!\$)\{\{|\n\n\n/)
        if (/\.ya?ml$/.test(path)) expect(parse(text), path).toBeTypeOf('object')
      }
      expect(manifestOf(files)).toMatchObject({ name: 'shop', type: 'module' })
      const written = files.get('src/pipeline.ts') ?? ''
      for (const sink of sinks) expect(written.includes(`orders_${sink}`), sink).toBe(choices.sinks.includes(sink))
    }
  })

  test('has packages of Yarn where other programs find them', async () => {
    expect((await project(templates.file, 'yarn/4.0.0')).get('.yarnrc.yml')).toBe('nodeLinker: node-modules\n')
  })
})

test('asks for the versions that this repository is tested with', async () => {
  const all = manifestOf(await project({ source: 'kafka', sinks, dashboard: true }))
  const wanted = { ...all.dependencies, ...all.devDependencies }
  const ours = { ...(await versionsIn('package.json')), ...(await versionsIn('examples/package.json')) }
  const others = Object.keys(wanted).filter((name) => !name.startsWith('@tickets/'))
  expect(others).toContain('@duckdb/node-api')
  expect(Object.fromEntries(others.map((name) => [name, wanted[name]]))).toEqual(Object.fromEntries(others.map((name) => [name, ours[name]])))
})

async function versionsIn(path: string): Promise<Record<string, string>> {
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(root, path), 'utf8')) as Record<string, Record<string, string>>
  return { ...dependencies, ...devDependencies }
}
