import * as z from 'zod'
import { durationText } from '../config/value-types.ts'
import { loadRunnable, RUNNABLE_MODULE } from '../feeds/runnable.ts'
import { runModule, sayer } from '../run/run-module.ts'
import type { CommandDefinition } from './command.ts'

const flags = z.object({
  every: durationText().prefault('10s').describe('how often a line of progress is printed'),
  json: z.boolean().default(false).describe('print each line as a JSON object'),
})

/** Makes the command `run`, which runs the pipeline or the feeds that a module exports. */
export const runModuleCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'run',
  description:
    'Run the pipeline, or the feeds, that a module exports as its default. SIGINT and SIGTERM commit what was read and end it; a second one ends it at once.',
  summary: 'Run the pipeline or the feeds of a module',
  examples: ['tickets run lake.ts', 'tickets run lake.ts --every 1s --json'],
  arguments: [['<file>', RUNNABLE_MODULE]],
  flags,
  prefix: 'TICKETS_RUN_',
  async run([file = ''], { every, json }) {
    const say = sayer(print, json)
    say('starting', { file }, `starting ${file}`)
    const { code } = await runModule(await loadRunnable(file), { say, every })
    return code
  },
})
