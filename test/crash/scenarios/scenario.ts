import type { Run } from '../run.ts'

export interface Scenario {
  readonly name: string
  /** How often it comes in a campaign, against the others; 0: only when it is asked for by name. */
  readonly weight: number
  /** Prepares, starts and disturbs workers; the campaign then finishes the run and checks the output. */
  run(run: Run): Promise<void>
  /** What it needs that a machine may not have; null when it is there. */
  readonly needs?: (run: Run) => Promise<string | null>
}
