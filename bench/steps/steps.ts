import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { printResult } from '../shared/print.ts'
import { spread } from '../shared/statistics.ts'

export interface StepOptions {
  /** Rows that each step works on. */
  readonly tickets: number
  /** Timed rounds, after one that warms up. */
  readonly repeats: number
  readonly json: boolean
}

/** The command line that all of bench/steps have: `[--tickets 200000] [--repeats 9] [--json]`. */
export function stepOptions(defaults: { tickets?: number; repeats?: number } = {}): StepOptions {
  const { values } = parseArgs({
    options: {
      tickets: { type: 'string', default: String(defaults.tickets ?? 200_000) },
      repeats: { type: 'string', default: String(defaults.repeats ?? 9) },
      json: { type: 'boolean', default: false },
    },
  })
  return { tickets: Number(values.tickets), repeats: Number(values.repeats), json: values.json }
}

/** Does it once, and tells of how many rows (or commits) that was. */
export type Step = () => number | Promise<number>

/** One step's cost: microseconds for one, the middle of the rounds, the least and the most. */
export interface StepCost extends Record<string, string | number> {
  readonly step: string
  readonly µs: number
  readonly least: number
  readonly most: number
}

/** Times steps in turns: each comes after each other one, so that none pays always for another's garbage. */
export async function timeSteps(steps: Readonly<Record<string, Step>>, { repeats }: StepOptions): Promise<StepCost[]> {
  const names = Object.keys(steps)
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round <= repeats; round++) {
    const turn = round % names.length
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      const start = performance.now()
      const done = await steps[name]?.()
      // The first round warms up.
      if (round > 0) times.get(name)?.push(((performance.now() - start) * 1000) / (done ?? Number.NaN))
    }
  }
  return [...times].map(([step, all]) => {
    const { median, min, max } = spread(all)
    return { step, µs: Number(median.toFixed(3)), least: Number(min.toFixed(3)), most: Number(max.toFixed(3)) }
  })
}

/** Prints costs, and with what they were measured. `of` says what one is: 'a ticket'. */
export function printSteps(of: string, { tickets, repeats, json }: StepOptions, costs: readonly StepCost[], more: object = {}): void {
  const about = { of, tickets, repeats, ...more, node: process.version, v8: process.versions.v8, cpu: cpus()[0]?.model, cpus: cpus().length }
  printResult(about, costs, json)
}
