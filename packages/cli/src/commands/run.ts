import { onSignals } from '@tickets/core/command-line'
import * as z from 'zod'
import { durationText } from '../config/value-types.ts'
import { loadRunnable, loadRunnableModule, RUNNABLE_MODULE } from '../feeds/runnable.ts'
import type { CommandDefinition } from '../program/command.ts'

const flags = z.object({
  every: durationText().prefault('10s').describe('how often a line of progress is printed'),
  json: z.boolean().default(false).describe('print each line as a JSON object'),
})

/** Makes the command `run`, which runs the pipeline or the feeds that a module exports. */
export const runModuleCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'run',
  description:
    'Run the pipeline, or the feeds, that a module exports as its default. SIGINT and SIGTERM commit what was read and end it; a second one ends it at once.',
  examples: ['tickets run lake.ts', 'tickets run lake.ts --every 1s --json'],
  arguments: [['<file>', RUNNABLE_MODULE]],
  flags,
  prefix: 'TICKETS_RUN_',
  async run([file = ''], { every, json }) {
    const { runModule, sayer } = await import('../run/run-module.ts')
    const say = sayer(print, json)
    say('starting', { file }, `starting ${file}`)
    const { code } = await runModule(await loadRunnable(file), { say, every })
    return code
  },
})

const dashboardFlags = z.object({
  port: z.int().min(0).max(65_535).default(9464).describe('where the page is served; 0 for any port that is free'),
  host: z.string().default('127.0.0.1').describe('address to listen on; the page has no login, so others than this need a network of its readers'),
  stay: z.boolean().default(false).describe('serve the page after the end of the source, too, until SIGINT or SIGTERM'),
  ...flags.shape,
})

/** Makes the command `dashboard`, which runs what a module exports as `run` does, and serves its dashboard meanwhile. */
export const dashboardCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof dashboardFlags> => ({
  name: 'dashboard',
  description:
    'Run the pipeline, or the feeds, that a module exports as its default, and serve a page that shows it. SIGINT and SIGTERM commit what was read and end it.',
  examples: ['tickets dashboard lake.ts', 'tickets dashboard lake.ts --port 0 --stay'],
  arguments: [['<file>', RUNNABLE_MODULE]],
  flags: dashboardFlags,
  prefix: 'TICKETS_DASHBOARD_',
  async run([file = ''], { port, host, stay, every, json }) {
    const [{ runModule, sayer }, { serveDashboard }] = await Promise.all([import('../run/run-module.ts'), import('../run/serve-dashboard.ts')])
    const say = sayer(print, json)
    const { runnable, exported } = await loadRunnableModule(file)
    const served = await serveDashboard(exported, { port, host })
    try {
      say('serving', { file, url: served.url }, `${file} is shown at ${served.url}`)
      const { code, isDone } = await runModule(runnable, { say, every, ...(served.telemetry && { telemetry: served.telemetry }) })
      if (stay && isDone) {
        say('staying', { url: served.url }, `${served.url} stays until SIGINT or SIGTERM`)
        await stopped()
      }
      return code
    } finally {
      await served.close()
    }
  },
})

/** Waits for a signal, since the server does not keep the process alive. */
const stopped = () =>
  new Promise<void>((resolve) => {
    const alive = setInterval(() => {}, 2 ** 30)
    onSignals(() => {
      clearInterval(alive)
      resolve()
    })
  })
