import type { CommittedRange, WrittenOutput } from '@tickets/core'
import { Rates } from './rates.ts'

/** What an output has got. */
export interface OutputTotals {
  rows: number
  files: number
  bytes: number
  lastCommit: number | null
  readonly rates: Rates
}

/** Sums up what the committed ranges of one pipeline have, since the process began. */
export class Totals {
  rows = 0
  ranges = 0
  rejected = 0
  refused = 0
  unmapped = 0
  expired = 0
  /** `<flow>/<operator>` → late rows. */
  readonly late = new Map<string, number>()
  readonly outputs = new Map<string, OutputTotals>()
  readonly rates = new Rates()
  /** Task → when the reading of its last range ended. */
  readonly readUntil = new Map<string, number>()

  add(range: CommittedRange): void {
    const { task, at, rows, steps } = range
    this.ranges += 1
    this.rows += rows
    this.rejected += range.rejected
    this.refused += range.refused
    this.unmapped += range.unmapped
    this.expired += range.expired
    for (const [name, count] of Object.entries(range.late)) this.late.set(name, (this.late.get(name) ?? 0) + count)
    for (const [flow, written] of Object.entries(range.written)) this.#write(flow, written, steps.read?.start ?? at, at)
    const until = steps.read?.end ?? at
    if (rows > 0) this.rates.add(rows, steps.read?.start ?? this.readUntil.get(task) ?? until, until)
    this.readUntil.set(task, until)
  }

  #write(flow: string, { rows, files, bytes }: WrittenOutput, start: number, at: number): void {
    const output = this.outputs.get(flow) ?? { rows: 0, files: 0, bytes: 0, lastCommit: null, rates: new Rates() }
    this.outputs.set(flow, output)
    output.rows += rows
    output.files += files
    output.bytes += bytes
    if (rows === 0) return
    output.rates.add(rows, start, at)
    output.lastCommit = at
  }
}
