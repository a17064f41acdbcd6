import type { Progress, RunSummary } from '@tickets/core'
import * as z from 'zod'
import { durationText } from '../config/value-types.ts'
import { isFeeds } from '../feeds/feeds.ts'
import { loadRunnable, RUNNABLE_MODULE } from '../feeds/runnable.ts'
import { count } from '../text.ts'
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
    const say = (event: string, facts: object, line: string) => print(json ? `${JSON.stringify({ event, ...facts })}\n` : `${line}\n`)
    say('starting', { file }, `starting ${file}`)
    const runnable = await loadRunnable(file)
    if (isFeeds(runnable)) {
      const ended = await runnable.run()
      for (const { name, state, rows, error } of ended)
        say('ended', { name, state, rows, error }, `${name}: ${state}, ${count(rows)} rows${error ? `, ${error.code}: ${error.message}` : ''}`)
      return ended.some(({ state }) => state === 'failed') ? 1 : 0
    }
    const lines = new ProgressLines(every, (progress) => say('progress', progress, progressLine(progress)))
    const summary = await runnable.run({ onProgress: (progress) => lines.tell(progress) })
    say('ended', summary, summaryLine(summary))
    return 0
  },
})

/** Lets a report through at intervals. */
class ProgressLines {
  readonly #every: number
  readonly #say: (progress: Progress) => void
  #next: number

  constructor(every: number, say: (progress: Progress) => void) {
    this.#every = every
    this.#say = say
    this.#next = performance.now() + every
  }

  tell(progress: Progress): void {
    const now = performance.now()
    if (now < this.#next) return
    this.#next = now + this.#every
    this.#say(progress)
  }
}

function progressLine({ rows, rate, rejected, late, lag, ranges, watermark, waiting }: Progress): string {
  return [
    `${count(rows)} rows (${count(Math.round(rate))}/s)`,
    `${count(ranges)} ranges committed`,
    ...(lag === null ? [] : [`${count(lag)} to read`]),
    ...(rejected > 0 ? [`${count(rejected)} rejected`] : []),
    ...(late > 0 ? [`${count(late)} late`] : []),
    ...(watermark ? [`watermark ${watermark.toISOString()}`] : []),
    ...(waiting === null ? [] : [waiting]),
  ].join(', ')
}

/** The last line: what was committed, and where the next run continues. */
function summaryLine({ how, rows, rejected, late, written, seconds }: RunSummary): string {
  const lateRows = Object.values(late).reduce((sum, n) => sum + n, 0)
  const flows = Object.entries(written).map(([flow, n]) => `${flow} ${count(n)}`)
  return [
    `${how}: ${count(rows)} rows read in ${count(seconds)} s`,
    `written: ${flows.join(', ') || 'nothing'}`,
    ...(rejected > 0 ? [`${count(rejected)} rejected`] : []),
    ...(lateRows > 0 ? [`${count(lateRows)} late`] : []),
    'all of it is committed, and the next run continues from there',
  ].join('; ')
}
