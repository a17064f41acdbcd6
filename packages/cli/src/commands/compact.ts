import { compact } from '@tickets/sinks'
import * as z from 'zod'
import { count, size } from '../text.ts'
import type { CommandDefinition } from './command.ts'

const MIB = 1024 * 1024

const flags = z.object({
  before: z.iso.datetime({ offset: true }).optional().describe('merge only files written before this instant, such as 2026-11-21T00:00:00Z'),
  targetMib: z.number().positive().default(128).describe('files of this size in MiB stay as they are'),
  json: z.boolean().default(false).describe('print the result as one JSON object'),
})

/** Makes the command `compact`, which merges the small files of a dataset. It is safe while a pipeline writes, and safe to stop at any moment. */
export const compactCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'compact',
  description: 'Merge the small files of a dataset. Safe while a pipeline writes to it, and safe to stop at any moment.',
  summary: 'Merge the small files of a dataset',
  examples: ['tickets compact data/tickets', 'tickets compact data/tickets --before 2026-11-21T00:00:00Z --target-mib 256'],
  arguments: [['<dir>', 'the folder of the dataset']],
  flags,
  prefix: 'TICKETS_COMPACT_',
  async run([dir = ''], { before, targetMib, json }) {
    const stop = new AbortController()
    const onSignal = () => stop.abort()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
    try {
      const options = {
        targetFileSize: Math.max(1, Math.round(targetMib * MIB)),
        signal: stop.signal,
        ...(before ? { before: new Date(before) } : {}),
      }
      const done = await compact(dir, options)
      const dropped = done.superseded > 0 ? `, ${count(done.superseded)} superseded rows dropped` : ''
      if (json) print(`${JSON.stringify(done)}\n`)
      else if (done.written === 0) print('nothing to compact\n')
      else print(`${count(done.merged)} files became ${count(done.written)}, ${size(done.bytesBefore)} became ${size(done.bytesAfter)}${dropped}\n`)
    } finally {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
    }
    return 0
  },
})
