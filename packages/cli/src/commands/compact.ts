import { TicketsError } from '@tickets/core/command-line'
import type { Deletion } from '@tickets/sinks'
import * as z from 'zod'
import type { CommandDefinition } from '../program/command.ts'
import { count, size } from '../text.ts'

const MIB = 1024 * 1024

const flags = z.object({
  before: z.iso.datetime({ offset: true }).optional().describe('merge only files written before this instant, such as 2026-11-21T00:00:00Z'),
  targetMib: z.number().positive().default(128).describe('files of this size in MiB stay as they are'),
  delete: z
    .string()
    .optional()
    .describe('instead of merging, write the files that hold rows with this value anew without them, such as client_id=CLIENT_1042')
    .meta({ placeholder: 'column=value' }),
  json: z.boolean().default(false).describe('print the result as one JSON object'),
})

/** Makes the command `compact`, which merges the small files of a dataset, or deletes the rows with a value. It is safe while a pipeline writes, and safe to stop at any moment. */
export const compactCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'compact',
  description:
    'Merge the small files of a dataset, or delete the rows with a value from it. Safe while a pipeline writes to it, and safe to stop at any moment.',
  examples: [
    'tickets compact data/tickets',
    'tickets compact data/tickets --before 2026-11-21T00:00:00Z --target-mib 256',
    'tickets compact data/tickets --delete client_id=CLIENT_1042',
  ],
  arguments: [['<dir>', 'the folder of the dataset']],
  flags,
  prefix: 'TICKETS_COMPACT_',
  async run([dir = ''], { before, targetMib, delete: condition, json }) {
    if (condition !== undefined && before !== undefined) throw new TicketsError('OPTION_INVALID', '--delete looks at all files: leave --before out')
    const { compact, deleteRows } = await import('@tickets/sinks')
    const stop = new AbortController()
    const onSignal = () => stop.abort()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
    try {
      if (condition !== undefined) {
        const deletion = await deleteRows(dir, whereOf(condition), { signal: stop.signal })
        print(json ? `${JSON.stringify(deletion)}\n` : deletionText(deletion))
        return deletion.waiting.length > 0 ? 1 : 0
      }
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

/** Reads `column=value`. The value may be personal, so no error quotes it. */
function whereOf(condition: string): Record<string, string> {
  const at = condition.indexOf('=')
  if (at > 0) return { [condition.slice(0, at)]: condition.slice(at + 1) }
  throw new TicketsError('OPTION_INVALID', '--delete takes column=value, such as client_id=CLIENT_1042')
}

function deletionText({ rows, files, waiting }: Deletion): string {
  const lines = files.map(({ file, deleted, left }) => `${file}: ${count(deleted)} rows deleted, ${count(left)} left`)
  const total = rows > 0 ? `${count(rows)} rows deleted from ${count(files.length)} files` : 'no row was deleted: none that may go has this value'
  const stay = waiting.map(
    ({ file, rows }) =>
      `${file}: ${count(rows)} rows stay, since it is the newest file of its task: run this again once the pipeline has written more`,
  )
  return `${[...lines, total, ...stay].join('\n')}\n`
}
