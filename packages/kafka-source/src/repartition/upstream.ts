import { type Json, TicketsError } from '@tickets/core'

/** What a task upstream said of itself last. `done`, the end of a bounded run, is waited for like `running`. */
export type UpstreamState = 'running' | 'idle' | 'ended'

interface TaskProgress {
  watermark: number
  state: UpstreamState
}

/** The memory of a reader, in a record: null is -Infinity. */
interface SavedUpstream {
  readonly v: 1
  readonly log: string | null
  readonly watermark: number | null
  /** Whether a mark named the tasks. */
  readonly named: boolean
  readonly tasks: readonly (readonly [name: string, watermark: number | null, state: UpstreamState])[]
}

/** Behind the last instant there is: the watermark when nothing can come any more. */
export const END_OF_TIME = 8.64e15

const finite = (ms: number) => (Number.isFinite(ms) ? ms : null)

/**
 * The watermark of one partition behind a repartition: the minimum over the tasks upstream, each as it told itself in messages of this partition
 * (protocol 4.6). Plain and synchronous: the same messages give the same watermarks, wherever reading was interrupted.
 *
 * It is -Infinity until a mark has named the tasks and each of them has told its own. Idle ones are not waited for. When all are idle
 * none holds anything back, and it is the largest that any of them told (as in Flink), in whatever order they came to rest.
 */
export class Upstream {
  #log: string | null = null
  #named = false
  #watermark = Number.NEGATIVE_INFINITY
  readonly #tasks = new Map<string, TaskProgress>()

  constructor(memory?: Json) {
    if (memory === undefined) return
    const saved = memory as unknown as SavedUpstream
    if (saved?.v !== 1)
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

  /** Every task has said that nothing can come. */
  get ended(): boolean {
    return this.#named && [...this.#tasks.values()].every(({ state }) => state === 'ended')
  }

  /** The tasks that hold the watermark back; none when all are idle, or none has been named. */
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

  /** A row of `task`, whose own watermark just before it was this. */
  addRow(task: string, watermark: number): void {
    const told = this.#taskProgress(task)
    // A task that returns from idle is waited for again; what it may make late was closed without it.
    const same = told.state === 'running' && !(watermark > told.watermark)
    told.state = 'running'
    if (watermark > told.watermark) told.watermark = watermark
    if (!same) this.#advance()
  }

  /** A mark of `task` at the end of a range, which names all tasks that it knows of. */
  addMarker(task: string, watermark: number, state: UpstreamState, tasks: readonly string[]): void {
    for (const name of tasks) this.#taskProgress(name)
    this.#named = true
    const told = this.#taskProgress(task)
    told.state = state
    if (watermark > told.watermark) told.watermark = watermark
    this.#advance()
  }

  snapshot(): Json {
    const tasks = [...this.#tasks].map(([name, { watermark, state }]) => [name, finite(watermark), state] as const)
    return { v: 1, log: this.#log, watermark: finite(this.#watermark), named: this.#named, tasks } satisfies SavedUpstream as unknown as Json
  }

  #taskProgress(task: string): TaskProgress {
    let told = this.#tasks.get(task)
    if (!told) {
      told = { watermark: Number.NEGATIVE_INFINITY, state: 'running' }
      this.#tasks.set(task, told)
    }
    return told
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
