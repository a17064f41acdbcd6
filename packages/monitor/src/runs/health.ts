import type { RunState } from '@tickets/core'
import type { RunView } from './run-view.ts'

/** Whether something is well, and if not why, in words. */
export interface Verdict {
  readonly ok: boolean
  readonly reasons: readonly string[]
  /** What looks like a fault and is none. */
  readonly notes: readonly string[]
}

/** A task may keep rows waiting for this many times the `range.time` of its pipeline. */
const PATIENCE_RANGES = 3

const verdict = (reasons: readonly string[], notes: readonly string[] = []): Verdict => ({ ok: reasons.length === 0, reasons, notes })

/** Returns whether no pipeline has failed. Where one has, only a new process, or a new run, helps. */
export function healthOf(runs: readonly RunView[]): Verdict {
  return verdict(runs.filter(({ end }) => end?.how === 'failed').map(failure))
}

const failure = ({ name, errors }: RunView) => `${name} has failed: ${errors.at(-1)?.code ?? 'OTHER'}`

/** Returns which tasks of a run are held back on purpose. */
function heldBack(view: RunView): string[] {
  const partitions = Object.entries(view.state()?.progress.partitions ?? {}).filter(([, status]) => status.heldBack && !status.ended)
  return partitions.map(([task]) => `${view.name}: ${task} is held back: its event time is more than maxDrift ahead of the slowest partition`)
}

/** Decides whether the pipelines are at work. Whether a task is stuck is known from one look to the next, so it keeps what it saw. */
export class Readiness {
  readonly #patience: number
  /** Run and task → since when rows have waited without a commit. */
  readonly #waits = new WeakMap<RunView, Map<string, Wait>>()

  /** @param patience how many times its `range.time` a task may keep rows waiting */
  constructor(patience = PATIENCE_RANGES) {
    this.#patience = patience
  }

  /** Returns whether a run has started, all that run know their partitions, and none is stuck. */
  look(runs: readonly RunView[]): Verdict {
    const running = runs.filter(({ end }) => end === null)
    if (runs.length === 0) return verdict(['no pipeline has started yet'])
    const failed = healthOf(runs).reasons
    if (running.length === 0 && failed.length === 0) return verdict(['all runs have ended'])
    return verdict([...failed, ...running.flatMap((view) => this.#lookAt(view))], running.flatMap(heldBack))
  }

  #lookAt(view: RunView): string[] {
    const state = view.state()
    if (!state) return []
    if (state.assigned === null) return [`${view.name} has no partitions yet: its source has assigned none`]
    const limit = view.run.rangeTime * this.#patience
    const waits = this.#waitsOf(view, state)
    return [...waits].flatMap(([task, { since }]) => {
      const ms = state.now - since
      return ms > limit ? [`${view.name}: rows of ${task} wait, and none was committed for ${Math.round(ms / 1000)} s`] : []
    })
  }

  #waitsOf(view: RunView, { assigned, progress, now }: RunState): ReadonlyMap<string, Wait> {
    const before = this.#waits.get(view)
    const waits = new Map<string, Wait>()
    for (const task of assigned ?? []) {
      const status = progress.partitions[task]
      // One that is held back commits what it has read, and reads no more.
      if (!status || status.ended || (status.uncommitted === 0 && (!status.lag || status.heldBack))) continue
      const n = view.tasks.get(task)?.n ?? -1
      const wait = before?.get(task)
      waits.set(task, wait && wait.n === n ? wait : { n, since: now })
    }
    this.#waits.set(view, waits)
    return waits
  }
}

interface Wait {
  /** The last record that was committed then. */
  readonly n: number
  readonly since: number
}
