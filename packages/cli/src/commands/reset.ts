import { TicketsError } from '@tickets/core/command-line'
import * as z from 'zod'
import { durationText } from '../config/value-types.ts'
import type { ResetPlan } from '../log/reset-log.ts'
import type { CommandDefinition } from '../program/command.ts'
import { count, size } from '../text.ts'

const flags = z.object({
  yes: z.boolean().default(false).describe('remove it; without this flag nothing is removed'),
  after: durationText().prefault('1 minute').describe('how long ago the last commit must be at least'),
  json: z.boolean().default(false).describe('print the plan as one JSON object'),
})

/** Makes the command `reset`, which removes a commit log so that the next run starts over. */
export const resetCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'reset',
  description:
    "Start over: remove a commit log. Outputs stay; a new run replaces them with mode: 'overwrite'. Refuses while a process holds the log.",
  examples: ['tickets reset data/lake-log', 'tickets reset data/lake-log --yes'],
  arguments: [['<log>', 'the folder of the log, or s3://<bucket>/<prefix>']],
  flags,
  prefix: 'TICKETS_RESET_',
  async run([where = ''], { yes, after, json }) {
    const [{ openPlace }, { planReset, resetLog }] = await Promise.all([import('../log/place.ts'), import('../log/reset-log.ts')])
    const place = await openPlace(where)
    const plan = await planReset(place, after)
    if (yes) await resetLog(place)
    print(json ? `${JSON.stringify({ ...plan, done: yes }, null, 2)}\n` : text(plan, yes))
    if (!yes) throw new TicketsError('OPTION_INVALID', 'nothing was removed: repeat it with --yes')
    return 0
  },
})

function text({ log, pipeline, removes, leaves, keeps }: ResetPlan, done: boolean): string {
  const what = `the log of ${pipeline === null ? 'a pipeline that its damaged record does not name' : `"${pipeline}"`} in ${log}`
  const targets = Object.entries(keeps ?? {}).map(([flow, target]) => `  ${flow}: ${target ?? '(no place)'}`)
  const kept = keeps === null ? ['  which ones, the damaged record does not say'] : targets
  return `${[
    `${done ? 'removed' : 'removes'} ${what}: ${count(removes.files)} files, ${size(removes.bytes)}`,
    ...(leaves.length > 0 ? [`${done ? 'left' : 'leaves'} what else lies there: ${leaves.join(', ')}`] : []),
    `${done ? 'kept' : 'keeps'} the outputs with all their rows:`,
    ...kept,
    "The next run begins at the start of its source. It needs sinks in mode: 'overwrite', which replace what the old log's runs have written.",
  ].join('\n')}\n`
}
