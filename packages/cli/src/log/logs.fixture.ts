import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { jsonSink } from '@tickets/sinks'
import { afterAll } from 'vitest'

const made: string[] = []
afterAll(async () => {
  for (const path of made) await rm(path, { recursive: true, force: true })
})

/** A new folder, removed when the tests of the file are done. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tickets-cli-'))
  made.push(path)
  return path
}

/** A ticket as a message has it. */
export const ticket = (i: number) => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 7)}`,
  created_at: new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString(),
  request: 'no heating',
  request_type: 'billing',
  priority: 'high',
})

/** What a run of a small pipeline works on: `tickets.jsonl`, `log`, `all`, `hourly` and `dead` in one folder. */
export async function lake(lines: readonly string[]): Promise<{ dir: string; run: (mode?: 'overwrite') => Promise<unknown> }> {
  const dir = await folder()
  await writeFile(join(dir, 'tickets.jsonl'), lines.map((line) => `${line}\n`).join(''))
  const run = (mode?: 'overwrite') => {
    const sink = (name: string) => jsonSink(join(dir, name), mode ? { mode } : {})
    return pipeline({
      name: 'lake',
      source: jsonLines(join(dir, 'tickets.jsonl'), { schema: Ticket }),
      log: commitLog(join(dir, 'log')),
      deadLetters: sink('dead'),
      flows: (tickets) => ({
        all: tickets.pipe(into(sink('all'))),
        hourly: tickets.pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { tickets: count() } }), into(sink('hourly'))),
      }),
    }).run({ handleSignals: false })
  }
  return { dir, run }
}
