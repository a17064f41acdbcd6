import type { Progress, RunSummary } from '@tickets/core'
import { count } from '../text.ts'

/** Lets a report through at intervals. */
export class ProgressLines {
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

/** Returns the line of a report. */
export function progressLine({ rows, rate, rejected, late, lag, ranges, watermark, waiting }: Progress): string {
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

/** Returns the last line: what was committed, and where the next run continues. */
export function summaryLine({ how, rows, rejected, late, written, seconds }: RunSummary): string {
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
