// Runs the packages on versions of Node and Kafka, and keeps what passed with its day: pnpm support [--node 22,26] [--kafka 4.1] [--only-kafka].
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { javaBroker } from '../broker/java.ts'
import { sh } from '../packaging/project.ts'
import { root } from '../repo/files.ts'
import { runMatrix } from './matrix.ts'
import { nodeCells } from './nodes.ts'
import { clients, kafkas, nodes, PAGE, supportPage, type Tested } from './support-page.ts'

const RECORD = join(import.meta.dirname, 'support.json')
/** Where the configuration of the tests has its report in CI. */
const REPORT = join(root, '.cache/results/test.json')
const specs = ['packages/kafka-source/test/contract.test.ts', 'packages/kafka-source/test/second-driver.test.ts']

const { values } = parseArgs({ options: { node: { type: 'string' }, kafka: { type: 'string' }, 'only-kafka': { type: 'boolean' } } })
const chosen = (given: string | undefined, all: readonly string[], what: string) => {
  const names = given === undefined ? [...all] : given.split(',').filter((name) => name !== '')
  const unknown = names.filter((name) => !all.includes(name))
  if (unknown.length > 0) throw new Error(`--${what} takes ${all.join(', ')}, not ${unknown.join(', ')}`)
  return names
}

/** Returns the binary of a version of Node, installed once. */
async function nodeOf(major: string): Promise<string> {
  const folder = join(root, '.cache/support', `node-${major}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  await sh('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', `node@${major}`], folder)
  return join(folder, 'node_modules/node/bin/node')
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[]
}

/** Runs the tests of the Kafka source against a broker, and returns for each client how many passed; rejects if one fails. */
async function kafkaTests(node: string, brokers: readonly string[]): Promise<Map<string, number>> {
  await rm(REPORT, { force: true })
  await sh(node, ['node_modules/vitest/vitest.mjs', 'run', ...specs], root, { CI: 'true', KAFKA_BROKERS: brokers.join(',') })
  const { testResults } = JSON.parse(await readFile(REPORT, 'utf8')) as Report
  const passed = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed')
  return new Map(clients.map((client) => [client, passed.filter(({ fullName }) => fullName.includes(client)).length] as const))
}

const keyOf = ({ node, kafka = '', client = '' }: Tested) => `${kafka} ${client} ${node}`

/** Keeps what passed in place of what was kept of the same combination, and writes the page. */
async function keep(found: readonly Tested[]): Promise<void> {
  const before = JSON.parse(await readFile(RECORD, 'utf8').catch(() => '[]')) as Tested[]
  const record = [...new Map([...before, ...found].map((one) => [keyOf(one), one])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  await writeFile(RECORD, `${JSON.stringify(record, null, 2)}\n`)
  await writeFile(join(root, PAGE), supportPage(record))
}

const day = new Date().toISOString().slice(0, 10)
const majors = chosen(values.node, nodes, 'node')
if (!values['only-kafka']) {
  const outcomes = await runMatrix([(place) => nodeCells(place, majors)], console.log)
  await keep(outcomes.filter(({ passed }) => passed).map(({ name, seen }) => ({ node: name, version: seen.split(',')[0] ?? '', day, tests: 1 })))
  if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1
}
for (const kafka of chosen(values.kafka, Object.keys(kafkas), 'kafka')) {
  const version = kafkas[kafka] ?? kafka
  const broker = await javaBroker({ version })
  try {
    for (const node of majors) {
      const passed = await kafkaTests(await nodeOf(node), broker.brokers)
      console.log(`ok   Kafka ${version} on Node ${node}: ${[...passed].map(([client, tests]) => `${client} ${tests} tests`).join(', ')}`)
      await keep([...passed].map(([client, tests]) => ({ node, kafka, client, version, day, tests })))
    }
  } finally {
    await broker.stop()
  }
}
