import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Json, type Source, type Ticket, TicketsError } from '@tickets/core'
import type { FileFormat } from '@tickets/sinks'

/** Reads the file's start, and refuses one that has no valid ticket at all before anything is written. */
export async function requireTicket(source: Source<Ticket, Json>, path: string): Promise<void> {
  let reason = 'it is empty'
  let seen = false
  for (const { id, start } of (await source.describe()).partitions) {
    const reader = await source.open(id, start, { maxFuture: Number.POSITIVE_INFINITY })
    try {
      for (;;) {
        const chunk = await reader.read({ rows: 1000, bytes: 1 << 20, ms: 1000, signal: new AbortController().signal })
        if (chunk === 'end') break
        if (chunk.batch.length > 0) return
        const [first] = chunk.rejected
        if (first && !seen) reason = `the first line says: ${first.reason}`
        seen ||= first !== undefined
      }
    } finally {
      await reader.close()
    }
  }
  throw new TicketsError('REJECTED_MESSAGE', `${path} has not one valid ticket (${reason}): give a JSON Lines file with a ticket a line`)
}

const extensions = { parquet: '.parquet', arrow: '.arrow', json: '.jsonl', csv: '.csv' } as const

/** Refuses to continue in another format: half of each dataset would be in files that the summary does not read. */
export async function sameFormat(output: string, format: FileFormat): Promise<void> {
  const names = await readdir(join(output, 'tickets_with_assignment')).catch(() => [])
  const other = names.find((name) => name.startsWith('part-') && !name.endsWith(extensions[format]))
  if (other === undefined) return
  const before = Object.entries(extensions).find(([, extension]) => other.endsWith(extension))?.[0] ?? 'another format'
  throw new TicketsError('OPTION_INVALID', `${output} holds ${before}: resume with --format ${before}, or leave --resume out to start over`)
}

/** Deletes the log of the last run, so that the next one starts over. */
export async function deleteLog(log: string): Promise<void> {
  try {
    await rm(log, { recursive: true, force: true })
  } catch (cause) {
    throw new TicketsError('LOG_UNUSABLE', `the log ${log} cannot be deleted (${(cause as Error).message}): choose another --output`, { cause })
  }
}
