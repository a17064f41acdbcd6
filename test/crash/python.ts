import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const CLIENTS = ['confluent-kafka==2.16.1', 'pymysql==1.2.0', 'pg8000==1.31.6']

/** A Python with other clients of Kafka, MariaDB and PostgreSQL, made once under .cache; rejects with what to install. */
async function interpreter(): Promise<string> {
  const home = here('../../.cache/python-clients')
  const python = `${home}/bin/python`
  // Other versions than these are installed anew.
  const ready = `${home}/ready-${CLIENTS.join('+')}`
  if (existsSync(ready)) return python
  await mkdir(here('../../.cache'), { recursive: true })
  await rm(home, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', home])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...CLIENTS])
    await run(python, ['-c', 'import confluent_kafka, pymysql, pg8000'])
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new Error(
      `The crash campaign reads topics and tables with Python's ${CLIENTS.join(' and ')}, which could not be had (${why}). Install python3 with venv and pip (Debian: apt-get install python3-venv).`,
    )
  }
  await mkdir(`${ready}.tmp`)
  await rename(`${ready}.tmp`, ready)
  return python
}

export interface OtherClient {
  do(job: { readonly do: string; readonly [key: string]: unknown }): Promise<{ readonly [key: string]: unknown }>
  close(): void
}

/** The other clients: make topics and databases, and read them back. One job at a time; the rest wait in line. */
export async function otherClient(): Promise<OtherClient> {
  const child = spawn(await interpreter(), [here('./clients.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  createInterface({ input: child.stdout }).on('line', (line) => answers.shift()?.resolve(line))
  child.once('exit', (code) => {
    for (const { reject } of answers.splice(0)) reject(new Error(`clients.py ended with ${code}`))
  })
  return {
    async do(job) {
      const line = new Promise<string>((resolve, reject) => answers.push({ resolve, reject }))
      child.stdin.write(`${JSON.stringify(job)}\n`)
      const answer = JSON.parse(await line) as { error?: string }
      if (answer.error) throw new Error(`${job.do} ${String(job.topic ?? job.sql)}: ${answer.error}`)
      return answer
    },
    close: () => child.stdin.end(),
  }
}
