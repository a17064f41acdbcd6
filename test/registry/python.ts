import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Confluent's own serializers, pinned, and the compiler of Protobuf that they need. */
const SERIALIZERS = ['confluent-kafka[avro,protobuf,json]==2.16.1', 'grpcio-tools==1.85.1']

async function interpreter(): Promise<string> {
  const home = here('../../.cache/python-serializers-1')
  const python = `${home}/bin/python`
  if (existsSync(`${home}/ready`)) return python
  await mkdir(here('../../.cache'), { recursive: true })
  await rm(home, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', home])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...SERIALIZERS])
    await run(python, ['-c', 'import confluent_kafka.schema_registry.protobuf, confluent_kafka.schema_registry.avro, grpc_tools'])
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new Error(
      `Topics are written and read with Python's ${SERIALIZERS.join(' and ')}, which could not be had (${why}). Install python3 with venv and pip (Debian: apt-get install python3-venv).`,
    )
  }
  await mkdir(`${home}/ready.tmp`)
  await rename(`${home}/ready.tmp`, `${home}/ready`)
  return python
}

/** What all jobs have. `schema` is of Avro or JSON; `files`, `main` and `message` are of Protobuf. */
export interface SerializerJob {
  readonly format: 'avro' | 'json' | 'protobuf'
  readonly brokers: string
  readonly registry: string
  readonly topic: string
  readonly schema?: unknown
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[]
  readonly files?: Readonly<Record<string, string>>
  readonly main?: string
  readonly message?: string
}

/** Confluent's serializers. Rows are JSON; bytes, times, days and decimals are `{ $bytes }`, `{ $time }`, `{ $date }` and `{ $decimal }`. */
export interface Serializers {
  produce(job: SerializerJob & { readonly rows: readonly unknown[] }): Promise<void>
  consume(job: SerializerJob & { readonly count: number }): Promise<readonly unknown[]>
  close(): void
}

/** Starts Confluent's serializers, made once under .cache; null with a message where they cannot be had. CI never skips. */
export async function serializers(): Promise<Serializers | null> {
  let python: string
  try {
    python = await interpreter()
  } catch (error) {
    if (process.env.CI) throw error
    console.warn(`skipped: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
  const child = spawn(python, [here('./serializers.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  createInterface({ input: child.stdout }).on('line', (line) => answers.shift()?.resolve(line))
  child.once('exit', (code) => {
    for (const { reject } of answers.splice(0)) reject(new Error(`serializers.py ended with ${code}`))
  })
  const ask = async (job: object): Promise<{ readonly rows?: readonly unknown[] }> => {
    const line = new Promise<string>((resolve, reject) => answers.push({ resolve, reject }))
    child.stdin.write(`${JSON.stringify(job)}\n`)
    const answer = JSON.parse(await line) as { readonly error?: string; readonly rows?: readonly unknown[] }
    if (answer.error) throw new Error(answer.error)
    return answer
  }
  return {
    produce: async (job) => void (await ask({ do: 'produce', ...job })),
    consume: async (job) => (await ask({ do: 'consume', ...job })).rows ?? [],
    close: () => child.stdin.end(),
  }
}
