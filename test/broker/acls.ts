import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

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

/** Runs `deploy/kafka/acls.sh` with a tool of ours in place of kafka-acls, against a broker. */
export function runScript(options: Script, tool: string, bootstrap = 'unused:1'): string {
  const env = { ...process.env, ...variables(options), BOOTSTRAP: bootstrap, KAFKA_ACLS: tool }
  return execFileSync('sh', [script], { env, encoding: 'utf8' })
}

/** Returns the rights that `deploy/kafka/acls.sh` gives: it is run, with a tool that only notes its arguments. */
export function rightsOfScript(options: Script): Right[] {
  const folder = mkdtempSync(join(tmpdir(), 'tickets-acls-'))
  try {
    const [tool, told] = [join(folder, 'kafka-acls'), join(folder, 'told')]
    writeFileSync(tool, `#!/bin/sh\nprintf '%s\\t' "$@" >>'${told}'\necho >>'${told}'\n`, { mode: 0o755 })
    runScript(options, tool)
    return readFileSync(told, 'utf8')
      .trim()
      .split('\n')
      .flatMap((line) => rightsOf(line.split('\t')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
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
