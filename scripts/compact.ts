/**
 * Merges the small files of a dataset: `pnpm compact data/tickets`. Safe while a pipeline writes, and to stop at any moment.
 */
import { compact } from '@tickets/sinks'
import * as z from 'zod'
import { command } from './lake/command.ts'
import { count, size } from './lake/text.ts'

const MIB = 1024 * 1024

const flags = z.object({
  before: z.iso.datetime({ offset: true }).optional().describe('only files written before this instant, such as 2026-11-21T00:00:00Z'),
  targetMib: z.number().positive().default(128).describe('MiB of a file that is large enough'),
  json: z.boolean().default(false).describe('print what was done as one JSON object'),
})

await command('compact', 'Merges the small files of a dataset', flags, async (dir, { before, targetMib, json }) => {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const options = { targetFileSize: Math.max(1, Math.round(targetMib * MIB)), signal: stop.signal, ...(before ? { before: new Date(before) } : {}) }
  const done = await compact(dir, options)
  if (json) console.log(JSON.stringify(done))
  else if (done.written === 0) console.log('nothing to compact')
  else {
    const dropped = done.superseded > 0 ? `, ${count(done.superseded)} superseded rows dropped` : ''
    console.log(`${count(done.merged)} files became ${count(done.written)}, ${size(done.bytesBefore)} became ${size(done.bytesAfter)}${dropped}`)
  }
})
