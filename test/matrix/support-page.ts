import { table } from '../../scripts/monitor-docs.ts'

export const PAGE = 'docs/reference/support.md'

/** What the packages promise to work with. */
export const nodes = ['22', '24', '26'] as const
/** Series of Kafka, with the release that is run. */
export const kafkas: Readonly<Record<string, string>> = { '3.9': '3.9.1', '4.0': '4.0.0', '4.1': '4.1.1' }
export const clients = ['kafkajs', '@platformatic/kafka'] as const

/** One combination that was run, and passed. Without Kafka it is the packed packages on a version of Node. */
export interface Tested {
  readonly node: string
  readonly kafka?: string
  readonly client?: string
  /** The exact version: of Kafka where there is one, else of Node. */
  readonly version: string
  /** `2026-12-01`. */
  readonly day: string
  readonly tests: number
}

const cell = (one: Tested | undefined) => (one ? `tested ${one.day}` : 'not tested')

/** Returns the page that says what was tested when, and what was not. */
export function supportPage(record: readonly Tested[]): string {
  const runtime = nodes.map((node) => {
    const one = record.find((tested) => tested.node === node && tested.kafka === undefined)
    return [`Node ${node}`, one?.version ?? '', cell(one)]
  })
  const brokers = Object.entries(kafkas).flatMap(([kafka, version]) =>
    clients.map((client) => [
      `Kafka ${kafka}`,
      version,
      `\`${client}\``,
      ...nodes.map((node) => cell(record.find((tested) => tested.node === node && tested.kafka === kafka && tested.client === client))),
    ]),
  )
  return `# Supported versions

What was run, and on which day. \`pnpm support\` runs a combination and writes this page; it names nothing that did not pass. The build of this site fails when a day here is more than 30 days ago.

## Node

The packed packages, installed from a registry: a pipeline writes Parquet, DuckDB counts its rows, and each package is required as CommonJS does.

${table(['runtime', 'version', 'state'], runtime)}

## Kafka

The contract of sources with messages, gaps and transactions, and a pipeline that creates a topic, fills it, reads it and resumes. It runs on the sources of these packages.

${table(['broker', 'version', 'client', ...nodes.map((node) => `Node ${node}`)], brokers)}

## Others

- macOS and Windows run in the workflow of this repository with Node 22, 24 and 26, for what needs no broker.
- \`@tickets/core\` runs in Chromium as the playground of this site, which its tests drive.
- Compilers, bundlers, package managers and test runners: \`pnpm matrix\`.
`
}
