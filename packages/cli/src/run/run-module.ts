import type { Pipeline, Telemetry } from '@tickets/core'
import { type Feeds, isFeeds } from '../feeds/feeds.ts'
import { count } from '../text.ts'
import { ProgressLines, progressLine, summaryLine } from './progress.ts'

/** How a module is run. */
export interface ModuleRun {
  /** Prints an event: its facts as JSON, or a line. */
  readonly say: (event: string, facts: object, line: string) => void
  /** Milliseconds from one line of progress to the next. */
  readonly every: number
  readonly telemetry?: Telemetry
}

/** What became of a run. */
export interface ModuleEnd {
  readonly code: number
  /** Whether it came to the end of what there is, and was not stopped. */
  readonly isDone: boolean
}

/** Returns an event printer: each event as a line of text, or as a JSON object. */
export const sayer =
  (print: (text: string) => void, json: boolean): ModuleRun['say'] =>
  (event, facts, line) =>
    print(json ? `${JSON.stringify({ event, ...facts })}\n` : `${line}\n`)

/** Runs a pipeline, or feeds, to the end, with lines of progress. */
export async function runModule(runnable: Pipeline | Feeds, { say, every, telemetry }: ModuleRun): Promise<ModuleEnd> {
  const watched = telemetry && { telemetry }
  if (isFeeds(runnable)) {
    const ended = await runnable.run({ ...watched })
    for (const { name, state, rows, error } of ended)
      say('ended', { name, state, rows, error }, `${name}: ${state}, ${count(rows)} rows${error ? `, ${error.code}: ${error.message}` : ''}`)
    return { code: ended.some(({ state }) => state === 'failed') ? 1 : 0, isDone: ended.some(({ state }) => state === 'done') }
  }
  const lines = new ProgressLines(every, (progress) => say('progress', progress, progressLine(progress)))
  const summary = await runnable.run({ ...watched, onProgress: (progress) => lines.tell(progress) })
  say('ended', summary, summaryLine(summary))
  return { code: 0, isDone: summary.how === 'done' }
}
