import type { Logger, Pipeline, Telemetry } from '@tickets/core'
import { isTicketsError, messageOf, TicketsError } from '@tickets/core'
import type { Clock } from '@tickets/core/internal'
import { codeOf, deferred, logEvent } from '@tickets/core/internal'

/** `waiting` is between a failure and the next try; `failed` needs a person; `drained` and `done` are over. */
export type FeedState = 'stopped' | 'running' | 'waiting' | 'pausing' | 'paused' | 'draining' | 'drained' | 'done' | 'failed'

/** The state of a feed, with its figures. */
export interface FeedStatus {
  readonly name: string
  readonly description: string
  readonly state: FeedState
  /** Messages that this process has read for it since it was started. */
  readonly rows: number
  /** Messages not yet read; null when unknown. */
  readonly lag: number | null
  /** How often it was restarted after a failure. */
  readonly restarts: number
  /** The error that stopped it last, or null. */
  readonly error: { readonly code: string; readonly message: string } | null
  /** When it starts again if it is waiting, in epoch milliseconds. */
  readonly nextTry: number | null
}

/** All durations in milliseconds. */
export interface FeedSettings {
  readonly firstPause: number
  readonly longestPause: number
  readonly healthyAfter: number
  readonly restarts: number
  readonly clock: Clock
  readonly logger: Logger
  /** Returns what watches a run that begins now, beside what the pipeline has; undefined where nothing does. */
  readonly telemetry?: () => Telemetry | undefined
}

const over: ReadonlySet<FeedState> = new Set(['drained', 'done', 'failed'])

/** Runs one pipeline of several, which can be started, paused, resumed and drained. Restarts it after a retryable failure. */
export class Feed {
  readonly name: string
  readonly description: string
  readonly #make: () => Pipeline | Promise<Pipeline>
  readonly #settings: FeedSettings
  /** Called at each change of state. */
  readonly #changed: (feed: Feed) => void
  #state: FeedState = 'stopped'
  #rows = 0
  #rowsOfRun = 0
  #lag: number | null = null
  #restarts = 0
  #failures = 0
  #error: FeedStatus['error'] = null
  #nextTry: number | null = null
  #stop = new AbortController()
  #turn: Promise<void> = Promise.resolve()

  constructor(name: string, description: string, make: () => Pipeline | Promise<Pipeline>, settings: FeedSettings, changed: (feed: Feed) => void) {
    this.name = name
    this.description = description
    this.#make = make
    this.#settings = settings
    this.#changed = changed
  }

  get status(): FeedStatus {
    const { name, description } = this
    const rows = this.#rows + this.#rowsOfRun
    return { name, description, state: this.#state, rows, lag: this.#lag, restarts: this.#restarts, error: this.#error, nextTry: this.#nextTry }
  }

  /** Whether it has ended and does nothing until it is started again. */
  get isOver(): boolean {
    return over.has(this.#state)
  }

  /** Starts it, also after it ended or was paused. Does nothing while it runs. */
  start(): void {
    if (['running', 'waiting'].includes(this.#state)) return
    if (['pausing', 'draining'].includes(this.#state))
      throw new TicketsError('OPTION_INVALID', `the feed "${this.name}" is ${this.#state}: wait until it is at rest`, { retryable: true })
    this.#failures = 0
    this.#stop = new AbortController()
    this.#set('running')
    this.#turn = this.#run(this.#stop.signal)
  }

  /** Commits what was read and leaves the group, until it is resumed. Does nothing if it is not running. */
  pause(): Promise<void> {
    return this.#halt('pausing', 'paused')
  }

  /** Commits what was read, leaves the group, and ends. */
  drain(): Promise<void> {
    if (this.#state === 'stopped' || this.#state === 'paused') this.#set('drained')
    return this.#halt('draining', 'drained')
  }

  async #halt(during: 'pausing' | 'draining', after: 'paused' | 'drained'): Promise<void> {
    if (['running', 'waiting'].includes(this.#state)) this.#set(during)
    // A drain during a pause wins.
    else if (this.#state === 'pausing' && during === 'draining') this.#state = during
    this.#stop.abort()
    await this.#turn
    if (this.#state === during) this.#set(after)
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, healthyAfter, logger } = this.#settings
    for (;;) {
      const began = clock.now()
      try {
        const { how } = await this.#once(signal)
        if (!signal.aborted) this.#set(how === 'done' ? 'done' : 'drained')
        return
      } catch (error) {
        if (clock.now() - began >= healthyAfter) this.#failures = 0
        this.#error = { code: isTicketsError(error) ? error.code : 'UNEXPECTED', message: messageOf(error) }
        if (signal.aborted) {
          logEvent(
            logger,
            'feed.ended_badly',
            { feed: this.name, code: codeOf(error), err: error },
            `${this.name} did not end cleanly: ${this.#error.message}`,
          )
          return
        }
        if (!(await this.#waits(error, signal))) return
      } finally {
        this.#rows += this.#rowsOfRun
        this.#rowsOfRun = 0
      }
    }
  }

  async #once(signal: AbortSignal) {
    const pipeline = await this.#make()
    const telemetry = this.#settings.telemetry?.()
    return pipeline.run({
      signal,
      handleSignals: false,
      ...(telemetry && { telemetry }),
      onProgress: ({ rows, lag }) => {
        this.#rowsOfRun = rows
        this.#lag = lag
      },
    })
  }

  /** Waits for the next attempt. Returns false if there is none. */
  async #waits(error: unknown, signal: AbortSignal): Promise<boolean> {
    const { firstPause, longestPause, restarts, clock, logger } = this.#settings
    const isRetryable = isTicketsError(error) && error.retryable
    if (!isRetryable || this.#failures >= restarts) {
      const failures = this.#failures + 1
      const times = isRetryable ? ` ${failures} times in a row` : ''
      const fields = { feed: this.name, failures, code: codeOf(error), err: error }
      logEvent(logger, 'feed.failed', fields, `${this.name} has failed${times}: ${this.#error?.message}`)
      this.#set('failed')
      return false
    }
    const pause = Math.min(longestPause, firstPause * 2 ** Math.min(this.#failures, 30))
    this.#failures++
    this.#nextTry = clock.now() + pause
    this.#set('waiting')
    const fields = { feed: this.name, failures: this.#failures, pauseMs: pause, code: codeOf(error) }
    const message = `${this.name} is started again in ${pause} ms (try ${this.#failures} of ${restarts}): ${this.#error?.message}`
    logEvent(logger, 'feed.restarted', fields, message)
    await clock.sleep(pause, signal)
    this.#nextTry = null
    if (signal.aborted) return false
    this.#restarts++
    this.#set('running')
    return true
  }

  #set(state: FeedState): void {
    this.#state = state
    this.#changed(this)
  }
}

/** Resolves `next()` at the next change of any feed. */
export class Changes {
  #next = deferred<void>()

  readonly notify = (): void => {
    this.#next.resolve()
    this.#next = deferred<void>()
  }

  next(): Promise<void> {
    return this.#next.promise
  }
}
