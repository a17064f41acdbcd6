import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaJars } from './jars.ts'

const script = fileURLToPath(new URL('../../deploy/kafka/acls.sh', import.meta.url))

/** One right, with Kafka's numbers. */
export interface Right {
  readonly resourceType: number
  readonly resourceName: string
  readonly resourcePatternType: number
  readonly principal: string
  readonly operation: number
}

export const resources = { topic: 2, group: 3, cluster: 4, 'transactional-id': 5 } as const
export const operations = { Read: 3, Write: 4, Create: 5, Describe: 8, DescribeConfigs: 10, IdempotentWrite: 12 } as const
const [LITERAL, PREFIXED] = [3, 4]

/** What `deploy/kafka/acls.sh` is given. */
export interface Script {
  readonly principal: string
  readonly sources: readonly string[]
  readonly group: string
  readonly sinks: readonly string[]
}

const variables = ({ principal, sources, group, sinks }: Script) => ({
  BOOTSTRAP: 'unused:1',
  PRINCIPAL: principal,
  SOURCE_TOPICS: sources.join(' '),
  GROUP: group,
  SINK_TOPICS: sinks.join(' '),
})

/** Runs `deploy/kafka/acls.sh` with a tool in place of `kafka-acls.sh`. */
function runScript(options: Script, tool: string, bootstrap = 'unused:1'): string {
  const env = { ...process.env, ...variables(options), BOOTSTRAP: bootstrap, KAFKA_ACLS: tool }
  return execFileSync('sh', [script], { env, encoding: 'utf8' })
}

/** Runs `deploy/kafka/acls.sh` against a broker, with the command of Kafka itself. */
export async function runScriptWithKafka(options: Script, bootstrap: string): Promise<void> {
  const jars = await kafkaJars()
  withTool(`exec java -XX:TieredStopAtLevel=1 -cp '${jars}/*' org.apache.kafka.tools.AclCommand "$@"`, (tool) => runScript(options, tool, bootstrap))
}

/** Runs `work` with a program that runs this line. */
function withTool<R>(line: string, work: (tool: string, folder: string) => R): R {
  const folder = mkdtempSync(join(tmpdir(), 'tickets-acls-'))
  try {
    const tool = join(folder, 'kafka-acls')
    writeFileSync(tool, `#!/bin/sh\n${line}\n`, { mode: 0o755 })
    return work(tool, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Returns the rights that `deploy/kafka/acls.sh` gives: it is run, with a tool that only notes its arguments. */
export function rightsOfScript(options: Script): Right[] {
  const note = `dir=$(dirname "$0"); printf '%s\\t' "$@" >>"$dir/told"; echo >>"$dir/told"`
  return withTool(note, (tool, folder) => {
    runScript(options, tool)
    return readFileSync(join(folder, 'told'), 'utf8')
      .trim()
      .split('\n')
      .flatMap((line) => rightsOf(line.split('\t')))
  })
}

function rightsOf(words: readonly string[]): Right[] {
  const values = (name: string) => words.flatMap((word, i) => (words[i - 1] === `--${name}` ? [word] : []))
  const [type = 'topic'] = Object.keys(resources).filter((name) => words.includes(`--${name}`)) as (keyof typeof resources)[]
  return values('operation').map((operation) => ({
    resourceType: resources[type],
    resourceName: values(type)[0] ?? '',
    resourcePatternType: values('resource-pattern-type')[0] === 'prefixed' ? PREFIXED : LITERAL,
    principal: values('allow-principal')[0] ?? '',
    operation: operations[operation as keyof typeof operations],
  }))
}
