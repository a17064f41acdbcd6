import { type Json, TicketsError } from '@tickets/core'

/** The state that a task upstream reported last. */
export type UpstreamState = 'running' | 'idle' | 'ended'

interface TaskProgress {
  watermark: number
  state: UpstreamState
}

/** What a reader remembers in its task's record. A null watermark stands for -Infinity. */
interface SavedUpstream {
  readonly v: 1
  readonly log: string | null
  readonly watermark: number | null
  /** Whether a watermark marker has named the tasks. */
  readonly named: boolean
  readonly tasks: readonly (readonly [name: string, watermark: number | null, state: UpstreamState])[]
}

/** Later than every instant: the watermark when nothing can come any more. */
export const END_OF_TIME = 8.64e15

/** Returns what a record remembers of the tasks upstream, or null where another release wrote it. */
function savedIn(memory: Json): SavedUpstream | null {
  const is = (value: Json | undefined, ...types: string[]) => types.includes(value === null ? 'null' : typeof value)
  if (typeof memory !== 'object' || memory === null || !('v' in memory) || memory.v !== 1) return null
  const { log = null, watermark = null, named, tasks } = memory
  if (!is(log, 'null', 'string') || !is(watermark, 'null', 'number') || typeof named !== 'boolean' || !Array.isArray(tasks)) return null
  return { v: 1, log: log as string | null, watermark: watermark as number | null, named, tasks }
}

const finite = (ms: number) => (Number.isFinite(ms) ? ms : null)

/**
 * Tracks the watermark of one partition downstream of a repartition: the minimum over the tasks upstream, as their messages in this partition
 * report it (docs/internals/protocol.md#4.6). The same messages give the same watermarks, wherever reading was interrupted.
 *
 * The watermark is -Infinity until a marker has named the tasks and each of them has reported its own. Idle tasks are ignored. When all are idle,
 * the watermark is the largest that any of them reported, as in Flink.
 */
export class Upstream {
  #log: string | null = null
  #named = false
  #watermark = Number.NEGATIVE_INFINITY
  readonly #tasks = new Map<string, TaskProgress>()

  constructor(memory?: Json) {
    if (memory === undefined) return
    const saved = savedIn(memory)
    if (!saved)
      throw new TicketsError(
        'LOG_DAMAGED',
        'the record does not hold what repartition remembers as this release does: finish with the release that wrote it, or start over with a new log',
      )
    this.#log = saved.log
    this.#named = saved.named
    this.#watermark = saved.watermark ?? Number.NEGATIVE_INFINITY
    for (const [name, watermark, state] of saved.tasks) this.#tasks.set(name, { watermark: watermark ?? Number.NEGATIVE_INFINITY, state })
  }

  get watermark(): number {
    return this.#watermark
  }

  /** Whether every task has reported that nothing can come any more. */
  get ended(): boolean {
    return this.#named && [...this.#tasks.values()].every(({ state }) => state === 'ended')
  }

  /** The tasks that hold the watermark back. Empty when all are idle, or none has been named. */
  get slowest(): string[] {
    const running = [...this.#tasks].filter(([, { state }]) => state === 'running')
    const least = Math.min(...running.map(([, { watermark }]) => watermark))
    return running.filter(([, { watermark }]) => watermark === least).map(([name]) => name)
  }

  /** Whether messages of this log belong to what was read before. */
  isOf(log: string): boolean {
    this.#log ??= log
    return this.#log === log
  }

  /** Takes a row of `task`, with the watermark that the task had before it. */
  addRow(task: string, watermark: number): void {
    const progress = this.#taskProgress(task)
    // A task that returns from idle is waited for again; what it may make late was closed without it.
    const same = progress.state === 'running' && !(watermark > progress.watermark)
    progress.state = 'running'
    if (watermark > progress.watermark) progress.watermark = watermark
    if (!same) this.#advance()
  }

  /** Takes a watermark marker of `task` at the end of a range. It names all tasks that the sender knows of. */
  addMarker(task: string, watermark: number, state: UpstreamState, tasks: readonly string[]): void {
    for (const name of tasks) this.#taskProgress(name)
    this.#named = true
    const progress = this.#taskProgress(task)
    progress.state = state
    if (watermark > progress.watermark) progress.watermark = watermark
    this.#advance()
  }

  snapshot(): Json {
    const tasks = [...this.#tasks].map(([name, { watermark, state }]) => [name, finite(watermark), state] as const)
    return { v: 1, log: this.#log, watermark: finite(this.#watermark), named: this.#named, tasks } satisfies SavedUpstream
  }

  #taskProgress(task: string): TaskProgress {
    let progress = this.#tasks.get(task)
    if (!progress) {
      progress = { watermark: Number.NEGATIVE_INFINITY, state: 'running' }
      this.#tasks.set(task, progress)
    }
    return progress
  }

  #advance(): void {
    if (!this.#named) return
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    let ended = true
    for (const { watermark, state } of this.#tasks.values()) {
      if (state !== 'ended') ended = false
      if (state === 'running' && watermark < min) min = watermark
      if (watermark > max) max = watermark
    }
    const reached = ended ? END_OF_TIME : min === Number.POSITIVE_INFINITY ? max : min
    if (reached > this.#watermark) this.#watermark = reached
  }
}
