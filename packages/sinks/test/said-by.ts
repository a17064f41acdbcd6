import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type CommitLog, count, into, type Logger, pipeline, type Sink, Ticket, tumbling, windowed } from '@tickets/core'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { monitor, serveMonitor } from '@tickets/monitor'
import { jsonSink } from '@tickets/sinks'

/** What may be said of a run, by where it was said. */
export type Said = Readonly<Record<'error' | 'log' | 'served' | 'files' | 'personal' | 'process', string>>

const ticket = (n: number) => ({
  ticket_id: `0b6c4d5e-0000-4000-8000-${String(n).padStart(12, '0')}`,
  client_id: 'CLIENT_1042',
  created_at: `2026-01-01T00:00:0${n}Z`,
  request: 'help',
  request_type: 'billing',
  priority: 'low',
})

/** An error in every form that a program prints: with what is behind it, and what of it is hidden. */
function textOf(error: unknown): string {
  const all: string[] = []
  for (let one = error; one !== undefined && one !== null && all.length < 50; one = (one as { cause?: unknown }).cause)
    all.push(String(one), String((one as Error).stack), JSON.stringify(one) ?? '')
  return [...all, inspect(error, { depth: 20, maxArrayLength: null, maxStringLength: null })].join('\n')
}

/** Every file below a folder, hidden ones too, with its name. */
async function filesIn(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  const texts = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => `${name}\n${await readFile(join(parentPath, name), 'latin1')}`)
  return (await Promise.all(texts)).join('\n')
}

/**
 * Runs a pipeline of some tickets and an invalid message into a sink, and returns all that anybody may see of it: error, log lines, records and files, what
 * the monitor serves during the run and after it, the list of personal data, and the command line.
 */
export async function saidBy(dir: string, log: CommitLog, sinkOf: () => Sink<Ticket>): Promise<Said & { readonly outcome: 'done' | 'failed' }> {
  const lines: unknown[] = []
  const note = (...given: unknown[]) => void lines.push(...given)
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  const watched = monitor()
  const server = await serveMonitor(watched, { port: 0 })
  const served: string[] = []
  const asked: Promise<void>[] = []
  const ask = async () => {
    for (const path of ['status', 'metrics', 'readyz']) served.push(await (await fetch(`${server.url}/${path}`)).text())
  }
  let error: unknown = null
  let personal = ''
  try {
    const sink = sinkOf()
    const made = pipeline({
      name: 'secrets',
      source: memorySource({ schema: Ticket, partitions: [messagesOf([...[1, 2, 3].map(ticket), 'no ticket'])], until: 'now' }),
      log,
      retries: 1,
      drainTimeout: '5 seconds',
      deadLetters: jsonSink(join(dir, 'dead')),
      logger,
      telemetry: watched,
      onProgress: () => void asked.push(ask()),
      flows: (tickets) => ({
        tickets: tickets.pipe(into(sink)),
        counts: tickets.pipe(
          windowed(tumbling({ size: '1 minute' }), { by: 'request_type', aggregate: { n: count() } }),
          into(jsonSink(join(dir, 'counts'))),
        ),
      }),
    })
    personal = JSON.stringify(made.personalData())
    await made.run({ handleSignals: false })
  } catch (thrown) {
    error = thrown
  }
  await Promise.all([...asked, ask()])
  await server.close()
  return {
    outcome: error === null ? 'done' : 'failed',
    error: error === null ? '' : textOf(error),
    log: lines.map((line) => (line instanceof Error ? textOf(line) : inspect(line, { depth: 20, maxStringLength: null }))).join('\n'),
    served: served.join('\n'),
    files: await filesIn(dir),
    personal,
    process: [process.title, ...process.argv, ...process.execArgv].join(' '),
  }
}

/** Returns where a part of a secret was said. */
export const leaks = (said: object, secrets: readonly string[]): string[] =>
  Object.entries(said).flatMap(([where, text]) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${where}: ${secret}`))
